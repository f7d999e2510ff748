package io.github.whisperspeedtest.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Compares both normalizers with what OpenAI's own made of the same sentences. */
class PublishedNormalizersTest {
    @Test
    void englishSentencesEqualThePublishedOnes() {
        List<String> different = new ArrayList<>();
        List<List<String>> rows = EvaluationData.rows("english.tsv");
        for (List<String> row : rows) {
            String normal = TextNormalizer.forLanguage("en").normalize(row.get(0));
            if (!normal.equals(row.get(1))) {
                different.add(row.get(0) + " => " + normal + ", published: " + row.get(1));
            }
        }
        assertThat(rows).hasSizeGreaterThan(2000);
        assertThat(different).isEmpty();
    }

    @Test
    void sentencesOfOtherLanguagesEqualThePublishedOnes() {
        List<String> different = new ArrayList<>();
        List<List<String>> rows = EvaluationData.rows("basic.tsv");
        for (List<String> row : rows) {
            String normal =
                    String.join(" ", UnitPair.of(row.get(1), "", row.get(0)).reference());
            if (!normal.equals(row.get(2))) {
                different.add(row.get(0) + ": " + row.get(1) + " => " + normal + ", published: " + row.get(2));
            }
        }
        assertThat(rows).hasSizeGreaterThan(300);
        assertThat(different).isEmpty();
    }
}
