package io.github.whisperspeedtest.vad;

import io.github.whisperspeedtest.audio.Audio;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * The speech of a recording, concatenated, with a mapping back to the times of the recording.
 *
 * <p>A time at the boundary of two spans is both the end of the first and the start of the second, which may be minutes
 * apart in the recording. Therefore end times have a separate method, as in faster-whisper's
 * {@code SpeechTimestampsMap}.
 *
 * <p>Immutable.
 */
public final class FilteredAudio {
    private static final int COPY_SAMPLES = 1 << 14;

    private final Audio audio;
    private final List<SpeechSpan> spans;

    /** For each span the index after its last sample in the joined audio. */
    private final long[] ends;

    private FilteredAudio(Audio audio, List<SpeechSpan> spans, long[] ends) {
        this.audio = audio;
        this.spans = spans;
        this.ends = ends;
    }

    /**
     * Cuts a recording; its samples are copied once, or not at all where all of it is speech.
     *
     * @param recording the whole recording
     * @param spans what to keep: rising, not overlapping and inside the recording
     * @throws IllegalArgumentException if they are not
     */
    public static FilteredAudio of(Audio recording, List<SpeechSpan> spans) {
        List<SpeechSpan> kept = List.copyOf(spans);
        long[] ends = new long[kept.size()];
        long previousEnd = 0;
        long length = 0;
        for (int i = 0; i < ends.length; i++) {
            SpeechSpan span = kept.get(i);
            if (span.start() < previousEnd || span.end() > recording.sampleCount()) {
                throw new IllegalArgumentException("Spans of speech must rise, not overlap, and lie inside the "
                        + recording.sampleCount() + " samples of " + recording.name() + ", but were " + kept);
            }
            previousEnd = span.end();
            length += span.length();
            ends[i] = length;
        }
        Audio audio = length == recording.sampleCount() ? recording : join(recording, kept);
        return new FilteredAudio(audio, kept, ends);
    }

    private static Audio join(Audio recording, List<SpeechSpan> spans) {
        Audio.Builder builder = Audio.builder(recording.name());
        float[] part = new float[COPY_SAMPLES];
        for (SpeechSpan span : spans) {
            for (long at = span.start(); at < span.end(); at += part.length) {
                int count = recording.read(at, part, 0, (int) Math.min(part.length, span.end() - at));
                builder.append(part, 0, count);
            }
        }
        return builder.build();
    }

    /** Returns the speech alone, under the recording's name. */
    public Audio audio() {
        return audio;
    }

    /** Returns where in the recording the speech comes from. */
    public List<SpeechSpan> spans() {
        return spans;
    }

    /**
     * Returns the recording's time for a time of {@link #audio()} at which something starts; on a joint that is the start of the
     * span after it. A time beyond the end goes as far beyond the last span's end.
     */
    public Duration original(Duration time) {
        return shift(time, spanAfter(time));
    }

    /** Returns the recording's time for a time of {@link #audio()} at which something ends; on a joint the span before it ends. */
    public Duration originalEnd(Duration time) {
        int joint = Arrays.binarySearch(ends, samples(time));
        return shift(time, joint >= 0 ? joint : spanAfter(time));
    }

    /**
     * Returns the recording's time for a time of {@link #audio()}, taken to be in the span that another time is in.
     *
     * <p>Both ends of a word go with its middle, so that no word is stretched over a silence.
     *
     * @param time the time wanted
     * @param anchor the time that chooses the span
     */
    public Duration original(Duration time, Duration anchor) {
        return shift(time, spanAfter(anchor));
    }

    /** Returns the index of the span that a sample is in. */
    private int spanAfter(Duration time) {
        int found = Arrays.binarySearch(ends, samples(time));
        return Math.min(found >= 0 ? found + 1 : -found - 1, ends.length - 1);
    }

    private Duration shift(Duration time, int span) {
        if (span < 0) {
            return time;
        }
        long silence = spans.get(span).end() - ends[span];
        return time.plusSeconds(silence / Audio.SAMPLE_RATE)
                .plusNanos(silence % Audio.SAMPLE_RATE * 1_000_000_000L / Audio.SAMPLE_RATE);
    }

    private static long samples(Duration time) {
        return Math.addExact(
                Math.multiplyExact(time.getSeconds(), Audio.SAMPLE_RATE),
                (long) time.getNano() * Audio.SAMPLE_RATE / 1_000_000_000L);
    }
}
