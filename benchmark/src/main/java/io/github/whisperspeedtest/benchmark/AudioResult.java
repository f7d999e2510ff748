package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.evaluation.WordErrorRate;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The transcript of one recording by one implementation.
 *
 * @param audio name of the recording
 * @param text the transcript, empty where nothing was heard
 * @param language code of the language
 * @param languageProbability probability of that language, 0 to 1; null if it was given or the engine does not report it
 * @param wordErrorRate how the text differs from the reference, null where the recording has none
 */
public record AudioResult(
        String audio,
        String text,
        String language,
        @Nullable Double languageProbability,
        @Nullable WordErrorRate wordErrorRate) {
    /** Takes a probability that is no number for an unknown one. */
    public AudioResult {
        Objects.requireNonNull(audio, "audio");
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(language, "language");
        if (languageProbability != null && !Double.isFinite(languageProbability)) {
            languageProbability = null;
        }
    }
}
