package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.evaluation.ErrorRate;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The transcript of one recording by one implementation.
 *
 * @param audio name of the recording
 * @param text the transcript, empty if no speech was recognised
 * @param language code of the language
 * @param languageProbability probability of that language, 0 to 1; null if it was given or the engine does not report it
 * @param errorRate error rate against the reference, by word or by character depending on the language; null if the recording has no reference
 * @param time median time over the timed runs in the steady state, null if unknown
 */
public record AudioResult(
        String audio,
        String text,
        String language,
        @Nullable Double languageProbability,
        @Nullable ErrorRate errorRate,
        @Nullable Duration time) {
    /** Replaces a probability that is not finite with null. */
    public AudioResult {
        Objects.requireNonNull(audio, "audio");
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(language, "language");
        if (languageProbability != null && !Double.isFinite(languageProbability)) {
            languageProbability = null;
        }
    }
}
