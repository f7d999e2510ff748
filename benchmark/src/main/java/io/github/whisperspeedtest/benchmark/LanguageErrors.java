package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.evaluation.ErrorRate;

/**
 * The errors of one implementation in one language.
 *
 * @param language code of the language
 * @param recordings number of recordings with a reference transcript
 * @param errors the sum over them
 */
public record LanguageErrors(String language, int recordings, ErrorRate errors) {
    LanguageErrors plus(ErrorRate more) {
        return new LanguageErrors(language, recordings + 1, errors.plus(more));
    }
}
