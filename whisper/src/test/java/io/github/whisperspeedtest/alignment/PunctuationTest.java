package io.github.whisperspeedtest.alignment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PunctuationTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '/',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                " Hello|,| you|.| Yes|!/ Hello,| you.| Yes!",
                " He| said|,| \"|Hello|.|\"/ He| said,| \"Hello.\"",
                " (|maybe|)| not/ (maybe)| not",
                " a| -| b/ a| - b",
                " a| -|b/ a| -b",
                "，| x/，| x",
                " a| +| b/ a| +| b",
            })
    void joinsMarksWithTheirWords(String before, String after) {
        assertThat(Punctuation.merge(words(before)))
                .extracting(WordTiming::text)
                .containsExactly(after.split("\\|"));
    }

    @Test
    void mergedWordKeepsItsTimes() {
        List<WordTiming> merged = Punctuation.merge(words(" \"|Hello|.|"));
        assertThat(merged).containsExactly(new WordTiming(" \"Hello.", List.of(0, 1, 2), 1, 2, 0.5));
    }

    private static List<WordTiming> words(String texts) {
        List<WordTiming> words = new ArrayList<>();
        for (String text : texts.split("\\|")) {
            int i = words.size();
            words.add(new WordTiming(text, List.of(i), i, i + 1, 0.5));
        }
        return words;
    }
}
