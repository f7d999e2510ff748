package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.util.List;

/**
 * What was decoded of one window.
 *
 * @param tokens text and timestamps, without the token that ends them
 * @param text the text
 * @param averageLogProbability mean natural logarithm of the tokens' probabilities, the ending one included
 * @param noSpeechProbability no-speech probability of the window
 * @param temperature the temperature that this result comes from
 * @param compressionRatio how much shorter zlib makes the text
 */
record DecodedWindow(
        List<Integer> tokens,
        String text,
        double averageLogProbability,
        double noSpeechProbability,
        double temperature,
        double compressionRatio) {
    /** Copies the list. */
    DecodedWindow {
        tokens = List.copyOf(tokens);
    }

    /** Returns whether the window is considered silent, regardless of the decoded text. */
    boolean isSilent(TranscribeOptions options) {
        Double noSpeech = options.noSpeechThreshold();
        Double logProbability = options.logProbabilityThreshold();
        boolean sure = logProbability != null && averageLogProbability > logProbability;
        return noSpeech != null && noSpeechProbability > noSpeech && !sure;
    }
}
