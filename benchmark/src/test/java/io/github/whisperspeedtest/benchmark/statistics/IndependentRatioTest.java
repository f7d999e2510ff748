package io.github.whisperspeedtest.benchmark.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IndependentRatioTest {
    private static final double LEVEL = 0.95;
    private static final int TRIALS = 200;

    @Test
    void ratioIsThatOfTheMedians() {
        IndependentRatio ratio = IndependentRatio.of(
                new double[] {3, 2, 4, 2.5, 9}, new double[] {1, 1.1, 0.9, 0.5, 7, 0.95, 1.2}, LEVEL, 0);

        assertThat(ratio.ratio()).isCloseTo(3, within(1e-12));
        assertThat(ratio.low()).isLessThan(3);
        assertThat(ratio.high()).isGreaterThan(3);
    }

    @Test
    void exchangingTheCandidatesInvertsTheRatio() {
        double[] a = {1, 2, 4, 8, 3, 5};
        double[] b = {1.5, 2.5, 3.5, 2, 1, 4, 5};

        IndependentRatio forward = IndependentRatio.of(a, b, LEVEL, 1);
        IndependentRatio back = IndependentRatio.of(b, a, LEVEL, 1);

        assertThat(back.ratio()).isCloseTo(1 / forward.ratio(), within(1e-12));
        assertThat(Math.log(back.low())).isCloseTo(-Math.log(forward.high()), within(0.2));
    }

    @Test
    void clearDifferenceIsDifferentAndEqualTimesAreNot() {
        double[] base = {1, 1.01, 0.99, 1.02, 0.98, 1.005, 0.995, 1};
        double[] slower = Arrays.stream(base).map(time -> 1.12 * time).toArray();

        IndependentRatio ratio = IndependentRatio.of(slower, base, LEVEL, 0);

        assertThat(ratio.isDifferent()).isTrue();
        assertThat(ratio.low()).isGreaterThan(1.05).isLessThan(1.12);
        assertThat(ratio.high()).isLessThan(1.2).isGreaterThan(1.12);
        assertThat(IndependentRatio.of(base, base, LEVEL, 0).isDifferent()).isFalse();
    }

    @Test
    void fewTimesHaveARatioAndNoInterval() {
        IndependentRatio ratio = IndependentRatio.of(new double[] {2, 2, 2}, new double[] {1, 1, 1, 1}, LEVEL, 0);

        assertThat(ratio.ratio()).isCloseTo(2, within(1e-12));
        assertThat(ratio.isKnown()).isFalse();
        assertThat(ratio.isDifferent()).isFalse();
    }

    @Test
    void equalTimesHaveAnIntervalOfNoWidth() {
        double[] same = {1, 1, 1, 1};
        assertThat(IndependentRatio.of(same, same, LEVEL, 0)).isEqualTo(new IndependentRatio(1, 1, 1));
    }

    @Test
    void sameSeedSameInterval() {
        double[] a = {1, 2, 4, 8, 3, 5};
        double[] b = {1.5, 2.5, 3.5, 2, 1, 4, 5};
        assertThat(IndependentRatio.of(a, b, LEVEL, 7)).isEqualTo(IndependentRatio.of(a, b, LEVEL, 7));
    }

    @Test
    void impossibleTimesAreRefused() {
        double[] one = {1};
        assertThatThrownBy(() -> IndependentRatio.of(new double[0], one, LEVEL, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no times");
        assertThatThrownBy(() -> IndependentRatio.of(one, new double[] {1, -1}, LEVEL, 0))
                .hasMessageContaining("Time 1 is -1.0");
        assertThatThrownBy(() -> IndependentRatio.of(one, one, 1, 0)).hasMessageContaining("confidence level");
    }

    /** The numbers are the same in every run, so no allowance for chance is needed. */
    @ParameterizedTest
    @CsvSource({
        "4, 4, normal",
        "5, 5, normal",
        "7, 7, normal",
        "4, 20, normal",
        "6, 6, skewed",
        "20, 6, skewed",
        "12, 12, skewed",
    })
    void intervalCoversTheTrueRatio(int countA, int countB, String distribution) {
        double truth = 1.2;
        ToDoubleFunction<Random> draw = distribution.equals("normal")
                ? random -> Math.exp(0.05 * random.nextGaussian())
                : random -> 1 + 0.1 * -Math.log(1 - random.nextDouble());
        Random random = new Random(countA * 1000L + countB);
        int missed = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            double[] a = DoubleStream.generate(() -> truth * draw.applyAsDouble(random))
                    .limit(countA)
                    .toArray();
            double[] b = DoubleStream.generate(() -> draw.applyAsDouble(random))
                    .limit(countB)
                    .toArray();
            IndependentRatio ratio = IndependentRatio.of(a, b, LEVEL, trial);
            if (ratio.low() > truth || ratio.high() < truth) {
                missed++;
            }
        }

        assertThat(missed / (double) TRIALS).isLessThanOrEqualTo(1 - LEVEL);
    }

    /** A gate that calls every difference uncertain is of no use. */
    @Test
    void intervalOfTenTimesIsNotMuchWiderThanNeeded() {
        Random random = new Random(1);
        int different = 0;
        for (int trial = 0; trial < 50; trial++) {
            double[] a = DoubleStream.generate(() -> 1.1 * Math.exp(0.03 * random.nextGaussian()))
                    .limit(10)
                    .toArray();
            double[] b = DoubleStream.generate(() -> Math.exp(0.03 * random.nextGaussian()))
                    .limit(10)
                    .toArray();
            different += IndependentRatio.of(a, b, LEVEL, trial).isDifferent() ? 1 : 0;
        }

        assertThat(different).as("of 50 differences of 10 %").isGreaterThan(45);
    }
}
