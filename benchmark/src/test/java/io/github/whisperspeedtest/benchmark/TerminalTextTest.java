package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminalTextTest {
    @ParameterizedTest
    @CsvSource({"abc, 3", "Grüße, 5", "u\u0308ber, 4", "你好, 4", "ｶﾅ, 2", "カナ, 4", "한국, 4", "👋, 2", "'', 0"})
    void countsColumns(String text, int expected) {
        assertThat(TerminalText.columns(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"abcdef, 6, abcdef", "abcdef, 5, abcd…", "你好世界, 6, 你好…", "👋👋👋, 4, 👋…", "ab cd, 4, ab…"})
    void cutsAtColumns(String text, int columns, String expected) {
        assertThat(TerminalText.cut(text, columns, "…")).isEqualTo(expected);
    }

    @Test
    void removesControlCharacters() {
        assertThat(TerminalText.oneLine(" a\u001B[31mb\r\nc\u202Ed\u2028e\u0000 "))
                .isEqualTo("a [31mb c d e");
    }

    @Test
    void keepsJoinersAndRightToLeftText() {
        assertThat(TerminalText.oneLine("👩\u200D💻 שלום")).isEqualTo("👩\u200D💻 שלום");
    }

    @Test
    void wrapsAtSpacesAndKeepsLongWordsWhole() {
        assertThat(TerminalText.wrap("  one two three", 9, 2)).isEqualTo("  one two\n    three");
        assertThat(TerminalText.wrap("see /a/very/long/path here", 10, 0)).isEqualTo("see\n/a/very/long/path\nhere");
        assertThat(TerminalText.wrap("你好 世界\nfits", 5, 0)).isEqualTo("你好\n世界\nfits");
    }
}
