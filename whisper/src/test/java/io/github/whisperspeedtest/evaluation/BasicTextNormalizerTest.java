package io.github.whisperspeedtest.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BasicTextNormalizerTest {
    private static final TextNormalizer BASIC = BasicTextNormalizer.INSTANCE;

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", ignoreLeadingAndTrailingWhitespace = true, textBlock = """
                    Hello, World!                    => hello world
                    it's well-known                  => it s well known
                    ÜBERGRÖSSE, Straße & Ähre        => übergrösse straße ähre
                    [Music] We (really) <i>go</i> on => we go on
                    (a (b) c) d                      => c d
                    () empty                         => empty
                    ﬁve ②                            => five 2
                    $ 5 + 3 € = 8                    => 5 3 8
                    «Où ?» — là…                     => où là
                    你好，世界。                         => 你好 世界
                    """)
    void keepsOnlyWords(String text, String expected) {
        assertThat(BASIC.normalize(text)).isEqualTo(expected);
    }

    @Test
    void composesLettersBeforeRemovingMarks() {
        assertThat(BASIC.normalize("u\u0308ber")).isEqualTo("\u00FCber");
    }

    @Test
    void replacesUncomposableMarkBySpace() {
        assertThat(BASIC.normalize("q\u0308y")).isEqualTo("q y");
    }

    @Test
    void collapsesEveryKindOfWhiteSpace() {
        assertThat(BASIC.normalize("\u00A0 a\t\n\u2003b\u3000c ")).isEqualTo("a b c");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u00AD", "\u200B", "\u200E", "\u200F", "\u202B", "\u2060", "\u2069", "\uFE0F", "\uFEFF", "\u034F"
            })
    void removesInvisibleCharacters(String invisible) {
        String hidden = String.join(invisible, "", "Tu", "rn off.", "");

        assertThat(BASIC.normalize(hidden)).isEqualTo("turn off");
        assertThat(ErrorRate.of(hidden, "Turn off.", "de").errors()).isZero();
    }

    @Test
    void removesPunctuation() {
        assertThat(BASIC.normalize(" ... [silence] ")).isEmpty();
        assertThat(TextRules.split(BASIC.normalize(" ... [silence] "))).isEmpty();
    }
}
