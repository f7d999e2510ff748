package io.github.whisperspeedtest.tokenizer;

import java.util.List;
import java.util.Objects;

/**
 * Tokens that belong together when words are given times.
 *
 * @param text what they spell, with the space before the word
 * @param tokens the tokens, at least one
 */
public record TokenWord(String text, List<Integer> tokens) {
    /** Copies the list. */
    public TokenWord {
        Objects.requireNonNull(text, "text");
        tokens = List.copyOf(tokens);
    }
}
