package io.github.whisperspeedtest.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RepetitionRulesTest {
    @Test
    void penaltyDividesPositiveLogitsAndMultipliesNegativeOnes() {
        // Tokens 0 and 2 are in the text, the first one twice.
        assertThat(apply(new RepetitionRules(2, 0), new float[] {3, 3, -3, -3}, 0, 2, 0))
                .containsExactly(1.5f, 3, -6, -3);
        assertThat(apply(new RepetitionRules(0.5, 0), new float[] {3, 3, -3, -3}, 0, 2))
                .containsExactly(6, 3, -1.5f, -3);
    }

    @Test
    void nothingIsPenalizedAtTheBeginning() {
        assertThat(apply(new RepetitionRules(2, 1), new float[] {3, -3})).containsExactly(3, -3);
    }

    @Test
    void tokenThatCompletesRepeatedTrigramIsForbidden() {
        assertThat(forbidden(3, 1, 2, 3, 1, 2)).containsExactly(3);
        assertThat(forbidden(3, 1, 2, 3, 1, 2, 4, 1, 2)).containsExactly(3, 4);
        assertThat(forbidden(3, 1, 2, 3, 2)).isEmpty();
        assertThat(forbidden(3, 1, 2)).as("too short for a trigram").isEmpty();
        assertThat(forbidden(3, 5, 5, 5)).as("overlapping").containsExactly(5);
    }

    @Test
    void bigramsAndSingleTokens() {
        assertThat(forbidden(2, 1, 2, 1)).containsExactly(2);
        assertThat(forbidden(2, 1)).isEmpty();
        assertThat(forbidden(1, 4, 2, 4)).as("every token of the text").containsExactly(2, 4);
    }

    @Test
    void rulesWithoutEffectAreInactive() {
        assertThat(new RepetitionRules(1, 0).isActive()).isFalse();
        assertThat(new RepetitionRules(1.1, 0).isActive()).isTrue();
        assertThat(new RepetitionRules(1, 2).isActive()).isTrue();
    }

    private static int[] forbidden(int ngramSize, int... text) {
        float[] logits = apply(new RepetitionRules(1, ngramSize), new float[8], text);
        return IntStream.range(0, logits.length).filter(i -> logits[i] != 0).toArray();
    }

    private static float[] apply(RepetitionRules rules, float[] logits, int... text) {
        float[] result = Arrays.copyOf(logits, logits.length);
        rules.apply(text, new RepetitionRules.Logits() {
            @Override
            public float get(int token) {
                return result[token];
            }

            @Override
            public void set(int token, float logit) {
                result[token] = logit;
            }
        });
        return result;
    }
}
