package io.github.whisperspeedtest.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.evaluation.ErrorRate.Unit;
import java.util.List;
import org.junit.jupiter.api.Test;

class CorpusErrorRateTest {
    /** The counts were computed with another program, after OpenAI's normalizers. */
    @Test
    void countsEqualIndependentOnes() {
        for (List<String> row : EvaluationData.rows("pairs.tsv")) {
            assertThat(ErrorRate.of(row.get(1), row.get(2), row.get(0)))
                    .as(row.toString())
                    .isEqualTo(new ErrorRate(
                            Unit.forLanguage(row.get(0)),
                            Integer.parseInt(row.get(3)),
                            Integer.parseInt(row.get(4)),
                            Integer.parseInt(row.get(5)),
                            Integer.parseInt(row.get(6))));
        }
    }

    @Test
    void sumsEnglishPairsAndLeavesOutEmptyReferences() {
        CorpusErrorRate corpus = new CorpusErrorRate("en");
        EvaluationData.rows("pairs.tsv").stream()
                .filter(row -> row.get(0).equals("en"))
                .forEach(row -> corpus.add(row.get(1), row.get(2)));

        assertThat(corpus.total()).isEqualTo(new ErrorRate(Unit.WORD, 416, 281, 275, 2955));
        assertThat(corpus.scored()).isEqualTo(215);
        assertThat(corpus.skipped()).isEqualTo(5);
    }

    @Test
    void leavesOutSegmentsThatAreNotToBeScored() {
        CorpusErrorRate corpus = new CorpusErrorRate("en");

        assertThat(corpus.add("Ignore time segment in scoring.", "hello")).isEmpty();
        assertThat(corpus.add("Um.", "hello")).isEmpty();
        assertThat(corpus.add("Hello!", "")).contains(new ErrorRate(Unit.WORD, 0, 1, 0, 1));
        assertThat(corpus.total()).isEqualTo(new ErrorRate(Unit.WORD, 0, 1, 0, 1));
        assertThat(corpus.skipped()).isEqualTo(2);
    }

    @Test
    void anEmptyCorpusHasNoErrors() {
        CorpusErrorRate corpus = new CorpusErrorRate("ja");

        assertThat(corpus.total()).isEqualTo(new ErrorRate(Unit.CHARACTER, 0, 0, 0, 0));
        assertThat(corpus.scored()).isZero();
    }
}
