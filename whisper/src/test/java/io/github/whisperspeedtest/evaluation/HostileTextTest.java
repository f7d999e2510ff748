package io.github.whisperspeedtest.evaluation;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts of 50 000 characters, for which a quadratic rule would need many minutes. */
class HostileTextTest {
    private static final int LENGTH = 50_000;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<",
                "[",
                "(",
                "()",
                "(a",
                "[a>",
                " ",
                " '",
                "'",
                "and ",
                "and a ",
                "and a half ",
                "1",
                "1 ",
                "1,",
                "1.",
                ".",
                "$",
                "$1",
                "%",
                "\u0301\u0323",
                "a\u0301\u0323",
                "\u1161",
                "\u200D",
                "\u3000",
                "one ",
                "one two ",
                "zero ",
                "zero decillion ",
                "decillion ",
                "thousand ",
                "double ",
                "double one ",
                "point ",
                "point one ",
                "one point ",
                "twenty ",
                "twenty one ",
                "per cent ",
                "minus ",
                "5 dollars 5 cents ",
                "\uD83D\uDE00",
                "\uD83C\uDDE9",
                "\uD800",
                "n't",
                "'d been ",
                "mr",
                "\uFDFA",
                "\u0130",
                "\u03A3",
                "a1",
                "st ",
                "1 s ",
                "\u4F60",
                "\u0E33"
            })
    void normalizesInLinearTime(String part) {
        String text = "a" + part.repeat(LENGTH / part.length());
        for (String language : new String[] {"en", "de", "ja"}) {
            assertThatCode(() -> UnitPair.of(text, "", language)).as(language).doesNotThrowAnyException();
        }
    }
}
