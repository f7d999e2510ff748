package io.github.whisperspeedtest.transcription;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The time spent in each phase of a transcription.
 *
 * <p>The parts need not add up to {@code total}: sampling, language detection and text processing are not included in
 * any of them.
 *
 * @param total wall-clock time of the call
 * @param mel time for the log-mel spectrogram, null if the engine does not report it
 * @param encode time in the encoder, null if the engine does not report it
 * @param decode time in the decoder, prompt included, null if the engine does not report it
 */
public record Timings(
        Duration total,
        @Nullable Duration mel,
        @Nullable Duration encode,
        @Nullable Duration decode) {
    /** Checks that the total is there. */
    public Timings {
        Objects.requireNonNull(total, "total");
    }

    /** Returns timings with only a total. */
    public static Timings ofTotal(Duration total) {
        return new Timings(total, null, null, null);
    }
}
