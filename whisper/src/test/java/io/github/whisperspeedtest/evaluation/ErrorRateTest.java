package io.github.whisperspeedtest.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.evaluation.ErrorRate.Unit;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorRateTest {
    @ParameterizedTest
    @CsvSource({
        "a b c,         a b c,       0, 0, 0",
        "a b c,         a x c,       1, 0, 0",
        "a b c,         a c,         0, 1, 0",
        "a b c,         a b x c,     0, 0, 1",
        "a b c,         '',          0, 3, 0",
        "a,             x y z,       1, 0, 2",
        "a b c d,       b c d e,     0, 1, 1",
        "a b,           b c,         2, 0, 0",
        "the cat sat on the mat, a cat sat mat today, 3, 1, 0",
        "Die Grüße!,    'die grüße', 0, 0, 0",
        "schön wär es,  schon wär es, 1, 0, 0",
    })
    void countsMinimumNumberOfChanges(
            String reference, String hypothesis, int substitutions, int deletions, int insertions) {
        ErrorRate rate = rate(reference, hypothesis);

        assertThat(rate.substitutions()).isEqualTo(substitutions);
        assertThat(rate.deletions()).isEqualTo(deletions);
        assertThat(rate.insertions()).isEqualTo(insertions);
        assertThat(rate.errors()).isEqualTo(substitutions + deletions + insertions);
    }

    @Test
    void dividesByReferenceLength() {
        assertThat(rate("a b c d", "a x c").rate()).isEqualTo(0.5);
        assertThat(rate("a", "x y z").rate()).isEqualTo(3);
    }

    @Test
    void emptyReferenceMatchesOnlyEmptyTranscript() {
        assertThat(rate("", " ").rate()).isZero();
        assertThat(rate("(silence)", "you").rate()).isEqualTo(1);
        assertThat(rate("", "thank you")).isEqualTo(new ErrorRate(Unit.WORD, 0, 0, 2, 0));
    }

    @Test
    void sumWeightsTextsByTheirLength() {
        ErrorRate sum = rate("a b c d e f g h i", "a b c d e f g h i").plus(rate("a", "b"));

        assertThat(sum).isEqualTo(new ErrorRate(Unit.WORD, 1, 0, 0, 10));
        assertThat(sum.rate()).isCloseTo(0.1, within(1e-12));
    }

    @Test
    void swappingTextsSwapsDeletionsAndInsertions() {
        Random random = new Random(7);
        for (int i = 0; i < 500; i++) {
            String one = randomText(random);
            String other = randomText(random);

            ErrorRate there = rate(one, other);
            ErrorRate back = rate(other, one);

            assertThat(back.substitutions()).isEqualTo(there.substitutions());
            assertThat(back.deletions()).isEqualTo(there.insertions());
            assertThat(back.insertions()).isEqualTo(there.deletions());
        }
    }

    @Test
    void agreesWithRecursiveDefinition() {
        Random random = new Random(11);
        for (int i = 0; i < 200; i++) {
            String one = randomText(random);
            String other = randomText(random);

            assertThat(rate(one, other).errors())
                    .as("%s | %s", one, other)
                    .isEqualTo(distance(words(one), 0, words(other), 0));
        }
    }

    @Test
    void rejectsImpossibleCounts() {
        assertThatThrownBy(() -> new ErrorRate(Unit.WORD, 2, 2, 0, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 substitutions, 2 deletions, 0 insertions in 3 reference words");
    }

    @Test
    void comparesTextsOfALanguageByItsNormalizer() {
        assertThat(ErrorRate.of("Twenty dollars, Dr. Grey", "$20 doctor gray", "en")
                        .errors())
                .isZero();
        assertThat(ErrorRate.of("Twenty dollars, Dr. Grey", "$20 doctor gray", "de")
                        .errors())
                .isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zh", "yue", "ja", "th", "lo", "my", "km"})
    void countsCharactersWhereWordsAreNotSeparated(String language) {
        assertThat(ErrorRate.of("今天天气 很好。", "今天天很好吗", language)).isEqualTo(new ErrorRate(Unit.CHARACTER, 0, 1, 1, 6));
        assertThat(ErrorRate.of("今天天气 很好。", "今天天很好吗", "ko")).isEqualTo(new ErrorRate(Unit.WORD, 1, 1, 0, 2));
    }

    @Test
    void rejectsSumOfDifferentUnits() {
        ErrorRate words = new ErrorRate(Unit.WORD, 0, 0, 0, 1);
        assertThatThrownBy(() -> words.plus(new ErrorRate(Unit.CHARACTER, 0, 0, 0, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("words");
    }

    /** A language with the basic normalizer. */
    private static ErrorRate rate(String reference, String hypothesis) {
        return ErrorRate.of(reference, hypothesis, "de");
    }

    private static String[] words(String text) {
        return text.isEmpty() ? new String[0] : text.split(" ");
    }

    private static int distance(String[] one, int i, String[] other, int j) {
        if (i == one.length || j == other.length) {
            return one.length - i + other.length - j;
        }
        int match = distance(one, i + 1, other, j + 1) + (one[i].equals(other[j]) ? 0 : 1);
        int gap = 1 + Math.min(distance(one, i + 1, other, j), distance(one, i, other, j + 1));
        return Math.min(match, gap);
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(7);
        for (int i = 0; i < length; i++) {
            text.append(i == 0 ? "" : " ").append((char) ('a' + random.nextInt(3)));
        }
        return text.toString();
    }
}
