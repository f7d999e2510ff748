package io.github.whisperspeedtest.transcription;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the time of one transcription went.
 *
 * <p>The parts need not add up to {@code total}: sampling, language detection and text handling belong to none of them.
 *
 * @param total wall-clock time of the call
 * @param mel time for the log-mel spectrogram, null where the engine does not tell
 * @param encode time in the encoder, null where the engine does not tell
 * @param decode time in the decoder, prompt included, null where the engine does not tell
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

    /** Returns timings of which only the total is known. */
    public static Timings ofTotal(Duration total) {
        return new Timings(total, null, null, null);
    }
}
