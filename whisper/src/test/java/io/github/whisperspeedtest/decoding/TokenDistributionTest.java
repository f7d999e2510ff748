package io.github.whisperspeedtest.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.error.EngineException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TokenDistributionTest {
    /** Tokens 0 to 3 are text, 4 to 6 timestamps. */
    private final TokenDistribution distribution = new TokenDistribution(4);

    @Test
    void probabilitiesAreSoftmaxOverAllowedTokens() {
        distribution.start(new float[] {1, 2, 3, 9, 2, 1, 8});
        distribution.forbid(3);
        distribution.forbidTimestampsFrom(6);
        distribution.settle(false);

        double sum = Math.exp(1) + Math.exp(2) + Math.exp(3) + Math.exp(2) + Math.exp(1);
        assertThat(distribution.mostProbable()).isEqualTo(2);
        assertThat(distribution.logProbability(2)).isCloseTo(3 - Math.log(sum), within(1e-5));
        assertThat(distribution.logProbability(5)).isCloseTo(1 - Math.log(sum), within(1e-5));
    }

    @Test
    void timestampsWinByTotalProbability() {
        float[] logits = {1, 2, 3, 1, 2.5f, 2.4f, 2.3f};
        distribution.start(logits.clone());
        distribution.settle(false);
        assertThat(distribution.mostProbable()).isEqualTo(2);

        distribution.start(logits.clone());
        distribution.settle(true);
        assertThat(distribution.mostProbable()).isEqualTo(4);
        double sum = Math.exp(2.5f) + Math.exp(2.4f) + Math.exp(2.3f);
        assertThat(distribution.logProbability(4)).isCloseTo(2.5 - Math.log(sum), within(1e-5));
    }

    @Test
    void textWinsIfTokenIsMoreProbableThanAllTimestamps() {
        distribution.start(new float[] {1, 2, 4, 1, 2.5f, 2.4f, 2.3f});
        distribution.settle(true);

        assertThat(distribution.mostProbable()).isEqualTo(2);
        assertThat(distribution.logProbability(4))
                .as("timestamps stay possible")
                .isGreaterThan(-5);
    }

    @Test
    void narrowsAllowedRanges() {
        distribution.start(new float[] {5, 4, 3, 2, 5, 4, 3});
        distribution.forbidTextBelow(2);
        distribution.forbidTimestampsBelow(5);
        distribution.settle(false);
        assertThat(mostProbable(5)).containsExactly(5, 2, 6, 3, -1);

        distribution.forbidText();
        distribution.settle(false);
        assertThat(mostProbable(3)).containsExactly(5, 6, -1);

        distribution.start(new float[] {5, 4, 3, 2, 5, 4, 3});
        distribution.forbidTimestamps();
        distribution.settle(true);
        assertThat(mostProbable(5)).containsExactly(0, 1, 2, 3, -1);
    }

    @Test
    void breaksTiesByLowestToken() {
        distribution.start(new float[] {1, 1, 1, 1, 1, 1, 1});
        distribution.settle(false);
        assertThat(distribution.mostProbable()).isZero();
        assertThat(mostProbable(3)).containsExactly(0, 1, 2);
    }

    @Test
    void drawsInProportionToProbabilities() {
        float[] logits = {0, (float) Math.log(2), (float) Math.log(4), 7, (float) Math.log(1), (float) Math.log(8), 7};
        distribution.start(logits);
        distribution.forbid(3, 6);
        distribution.settle(false);
        SplittableRandom random = new SplittableRandom(5);
        int draws = 60_000;
        int[] plain = new int[7];
        int[] cold = new int[7];
        for (int i = 0; i < draws; i++) {
            plain[distribution.sample(1, random)]++;
            cold[distribution.sample(0.5, random)]++;
        }
        double[] weights = {1, 2, 4, 0, 1, 8, 0};
        for (int token = 0; token < 7; token++) {
            assertThat(plain[token] / (double) draws).isCloseTo(weights[token] / 16, within(0.01));
            assertThat(cold[token] / (double) draws).isCloseTo(weights[token] * weights[token] / 86, within(0.01));
        }
    }

    @Test
    void invalidLogitsAreEngineError() {
        float nan = Float.NaN;
        for (float[] logits : new float[][] {{1, nan, 3, 1, 1, 1, 1}, {nan, nan, nan, nan, nan, nan, nan}}) {
            distribution.start(logits);
            assertThatThrownBy(() -> distribution.settle(true))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("invalid logits");
        }
    }

    private int[] mostProbable(int count) {
        int[] tokens = new int[count];
        distribution.mostProbable(tokens);
        return tokens;
    }
}
