package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.evaluation.TextNormalizer;
import io.github.whisperspeedtest.transcription.Language;

/** Reference transcript of a recording, given as a file or as the text itself. */
final class ReferenceText {
    /** What the text is called in messages. */
    static final String ROLE = "reference text";

    private ReferenceText() {}

    /**
     * Returns the text.
     *
     * @param given a file of UTF-8, or the text
     * @throws WhisperSpeedtestException if a file cannot be read, or there is no word in the text
     */
    static String of(String given) {
        return of(given, Language.auto());
    }

    /**
     * Returns a text in a language.
     *
     * @param given a file of UTF-8, or the text
     * @throws WhisperSpeedtestException if a file cannot be read, or there is no word in the text
     */
    static String of(String given, Language language) {
        String text = TextArgument.of(given, ROLE);
        if (TextNormalizer.forLanguage(language.code()).normalize(text).isEmpty()) {
            throw new WhisperSpeedtestException(
                    ErrorKind.USER,
                    "The reference text '" + given + "' has no word in it. Give the transcript of the recording.");
        }
        return text;
    }
}
