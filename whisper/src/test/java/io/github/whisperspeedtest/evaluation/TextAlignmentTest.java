package io.github.whisperspeedtest.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.evaluation.TextAlignment.Kind;
import io.github.whisperspeedtest.evaluation.TextAlignment.Pair;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextAlignmentTest {
    @Test
    void pairsWordsOfBothTexts() {
        TextAlignment alignment = TextAlignment.of("The cat sat on the mat.", "A cat sat the big mat", "en");

        assertThat(alignment.unit()).isEqualTo(ErrorRate.Unit.WORD);
        assertThat(alignment.pairs())
                .containsExactly(
                        new Pair(Kind.SUBSTITUTION, "the", "a"),
                        new Pair(Kind.MATCH, "cat", "cat"),
                        new Pair(Kind.MATCH, "sat", "sat"),
                        new Pair(Kind.SUBSTITUTION, "on", "the"),
                        new Pair(Kind.SUBSTITUTION, "the", "big"),
                        new Pair(Kind.MATCH, "mat", "mat"));
    }

    @Test
    void marksMissingAndAdditionalWords() {
        assertThat(TextAlignment.of("a b c", "b c d", "de").pairs())
                .containsExactly(
                        new Pair(Kind.DELETION, "a", null),
                        new Pair(Kind.MATCH, "b", "b"),
                        new Pair(Kind.MATCH, "c", "c"),
                        new Pair(Kind.INSERTION, null, "d"));
        assertThat(TextAlignment.of("", "", "de").pairs()).isEmpty();
    }

    @Test
    void pairsCharactersWhereWordsAreNotSeparated() {
        assertThat(TextAlignment.of("你好。", "你们", "zh").pairs())
                .containsExactly(new Pair(Kind.MATCH, "你", "你"), new Pair(Kind.SUBSTITUTION, "好", "们"));
    }

    @Test
    void countsAreThoseOfTheErrorRate() {
        for (List<String> row : EvaluationData.rows("pairs.tsv")) {
            TextAlignment alignment = TextAlignment.of(row.get(1), row.get(2), row.get(0));
            assertThat(alignment.errorRate())
                    .as(row.toString())
                    .isEqualTo(ErrorRate.of(row.get(1), row.get(2), row.get(0)));
        }
    }

    /** The tables of these texts would have nine million cells, so they are divided several times. */
    @Test
    void longTextsAreDividedWithoutLosingTheBestAlignment() {
        Random random = new Random(3);
        for (double change : new double[] {0.02, 0.3, 1}) {
            String reference =
                    IntStream.range(0, 3_000).mapToObj(i -> word(random)).collect(Collectors.joining(" "));
            String hypothesis = changed(reference, change, random);

            TextAlignment alignment = TextAlignment.of(reference, hypothesis, "de");

            assertThat(alignment.errorRate()).isEqualTo(ErrorRate.of(reference, hypothesis, "de"));
            assertThat(side(alignment, Pair::reference)).isEqualTo(reference);
            assertThat(side(alignment, Pair::hypothesis)).isEqualTo(hypothesis);
            assertThat(alignment.pairs())
                    .filteredOn(pair -> pair.kind() == Kind.MATCH)
                    .allMatch(pair -> Objects.equals(pair.reference(), pair.hypothesis()));
        }
    }

    @Test
    void alignsOneWordWithManyAndManyWithOne() {
        String many = "x ".repeat(1 << 20) + "y";

        assertThat(TextAlignment.of("y", many, "de").errorRate())
                .isEqualTo(new ErrorRate(ErrorRate.Unit.WORD, 0, 0, 1 << 20, 1));
        assertThat(TextAlignment.of(many + " z", "y", "de").errorRate())
                .isEqualTo(new ErrorRate(ErrorRate.Unit.WORD, 0, (1 << 20) + 1, 0, (1 << 20) + 2));
        assertThat(TextAlignment.of("a b", "c " + many + " d", "de").errorRate())
                .isEqualTo(new ErrorRate(ErrorRate.Unit.WORD, 2, 0, (1 << 20) + 1, 2));
    }

    @Test
    void rejectsSidesThatDoNotFitTheKind() {
        assertThatThrownBy(() -> new Pair(Kind.DELETION, "a", "b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Pair(Kind.MATCH, null, "b")).isInstanceOf(IllegalArgumentException.class);
    }

    private static String side(TextAlignment alignment, Function<Pair, String> side) {
        return alignment.pairs().stream().map(side).filter(Objects::nonNull).collect(Collectors.joining(" "));
    }

    private static String changed(String text, double change, Random random) {
        StringBuilder changed = new StringBuilder();
        for (String word : text.split(" ")) {
            double dice = random.nextDouble() / change;
            if (dice < 0.3) {
                continue;
            }
            changed.append(dice < 0.7 ? word(random) : word).append(' ');
            if (dice >= 0.7 && dice < 1) {
                changed.append(word(random)).append(' ');
            }
        }
        return changed.toString().strip();
    }

    private static String word(Random random) {
        return "w" + random.nextInt(50);
    }
}
