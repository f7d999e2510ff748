package io.github.whisperspeedtest.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Expected values follow GPT-2's pattern, alternative by alternative. */
class PreTokenizerTest {
    private static Stream<Arguments> texts() {
        return Stream.of(
                // A word takes one space before it.
                pieces("Hello world", "Hello", " world"),
                // Contractions are split, but only in lower case and only these.
                pieces(
                        "I'll we've it's don't I'm he'd you're",
                        "I",
                        "'ll",
                        " we",
                        "'ve",
                        " it",
                        "'s",
                        " don",
                        "'t",
                        " I",
                        "'m",
                        " he",
                        "'d",
                        " you",
                        "'re"),
                pieces("CAN'T o'clock", "CAN", "'", "T", " o", "'", "clock"),
                pieces("'tis", "'t", "is"),
                // Letters are split from numbers, and numbers from punctuation.
                pieces("abc123 45,6.7%", "abc", "123", " 45", ",", "6", ".", "7", "%"),
                // Numbers are all that Unicode defines as such: fractions, Roman numerals, other digits.
                pieces("x² ½ Ⅷ ٣٤", "x", "²", " ½", " Ⅷ", " ٣٤"),
                // The last of several spaces belongs to the following word.
                pieces("a   b", "a", "  ", " b"),
                // Other white space never belongs to a word.
                pieces("a\t\tb\n\nc", "a", "\t", "\t", "b", "\n", "\n", "c"),
                pieces("a \n b", "a", " \n", " b"),
                // White space at the end stays together.
                pieces("a  \n", "a", "  \n"),
                // White space is all that Unicode defines as such: no-break, ideographic, line separator.
                pieces("a\u00A0b\u3000c\u2028d", "a", "\u00A0", "b", "\u3000", "c", "\u2028", "d"),
                // A script without spaces is one piece up to the punctuation.
                pieces("你好，世界。こんにちは", "你好", "，", "世界", "。", "こんにちは"),
                // Combining accents are not letters.
                pieces("e\u0301a", "e", "\u0301", "a"),
                pieces("Grüße", "Grüße"),
                // Emoji are neither letters nor numbers nor white space, and joiners stay with them.
                pieces("hi 😀😀 \uD83D\uDC68\u200D\uD83D\uDC69!", "hi", " 😀😀", " \uD83D\uDC68\u200D\uD83D\uDC69!"),
                // A spelled special token is punctuation and letters.
                pieces("<|endoftext|>", "<|", "endoftext", "|>"),
                pieces("♪♪ (music)", "♪♪", " (", "music", ")"));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void splitsLikeGpt2(String text, List<String> pieces) {
        assertThat(PreTokenizer.split(text)).isEqualTo(pieces);
    }

    @Test
    void emptyTextHasNoPieces() {
        assertThat(PreTokenizer.split("")).isEmpty();
    }

    @Test
    void acceptsLongTexts() {
        String text = "a".repeat(500_000) + " ".repeat(500_000) + "!".repeat(500_000);

        assertThat(String.join("", PreTokenizer.split(text))).isEqualTo(text);
    }

    private static Arguments pieces(String text, String... pieces) {
        return Arguments.of(text, List.of(pieces));
    }
}
