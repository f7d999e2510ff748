package io.github.whisperspeedtest.benchmark;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One recording of a benchmark.
 *
 * @param name the name, usually of the file
 * @param duration length of what is transcribed of it, positive
 * @param reference the reference transcript, null if unknown
 * @param warnings problems that affect its transcripts, such as truncation, as sentences; usually empty
 * @param source where it comes from, null in reports of early versions
 * @param language code of the language that its data set gives, null if unknown
 */
public record BenchmarkAudio(
        String name,
        Duration duration,
        @Nullable String reference,
        List<String> warnings,
        @Nullable AudioSource source,
        @Nullable String language) {
    /** Copies the list and checks the length. */
    public BenchmarkAudio {
        Objects.requireNonNull(name, "name");
        warnings = List.copyOf(warnings);
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(
                    "duration of audio '" + name + "' must be positive, but was " + duration);
        }
    }

    /** Creates a recording of an unknown language. */
    public BenchmarkAudio(
            String name,
            Duration duration,
            @Nullable String reference,
            List<String> warnings,
            @Nullable AudioSource source) {
        this(name, duration, reference, warnings, source, null);
    }

    /** Creates a recording of unknown source that was read completely. */
    public BenchmarkAudio(String name, Duration duration, @Nullable String reference) {
        this(name, duration, reference, List.of(), null, null);
    }
}
