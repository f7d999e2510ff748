package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.evaluation.WordErrorRate;

/**
 * The word errors of one implementation in one language.
 *
 * @param language code of the language
 * @param recordings number of recordings with a reference transcript
 * @param wordErrors the sum over them
 */
public record LanguageErrors(String language, int recordings, WordErrorRate wordErrors) {
    LanguageErrors plus(WordErrorRate more) {
        return new LanguageErrors(language, recordings + 1, wordErrors.plus(more));
    }
}
