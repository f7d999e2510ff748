package io.github.whisperspeedtest.transcription;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The finished result of one transcription.
 *
 * @param language two- or three-letter code of the language, as Whisper names it
 * @param languageProbability probability of that language, 0 to 1; null if the language was given or the engine does
 *     not report it
 * @param duration length of the audio
 * @param segments the segments in order of time
 * @param timings time spent in each phase
 * @param warnings warnings about the recording, for example that it is truncated, as sentences; usually empty
 */
public record Transcription(
        String language,
        @Nullable Double languageProbability,
        Duration duration,
        List<Segment> segments,
        Timings timings,
        List<String> warnings) {
    /** Copies the lists. */
    public Transcription {
        Objects.requireNonNull(language, "language");
        Objects.requireNonNull(duration, "duration");
        Objects.requireNonNull(timings, "timings");
        segments = List.copyOf(segments);
        warnings = List.copyOf(warnings);
    }

    /** Creates a transcription without warnings. */
    public Transcription(
            String language,
            @Nullable Double languageProbability,
            Duration duration,
            List<Segment> segments,
            Timings timings) {
        this(language, languageProbability, duration, segments, timings, List.of());
    }

    /** Returns a copy with other warnings, such as those of the audio. */
    public Transcription withWarnings(List<String> changed) {
        return new Transcription(language, languageProbability, duration, segments, timings, changed);
    }

    /** Returns the text of all segments without surrounding white space; empty if no speech was found. */
    public String text() {
        return segments.stream()
                .map(Segment::text)
                .collect(Collectors.joining())
                .strip();
    }
}
