package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.tokenizer.Tokenizer;
import java.util.List;

/** Selects the text tokens of a sequence, without timestamps and other special tokens. */
final class TextTokens {
    private TextTokens() {}

    static List<Integer> of(Tokenizer tokenizer, List<Integer> tokens) {
        int endOfText = tokenizer.specials().endOfText();
        return tokens.stream().filter(token -> token < endOfText).toList();
    }

    static String decode(Tokenizer tokenizer, List<Integer> tokens) {
        return tokenizer.decode(of(tokenizer, tokens));
    }
}
