package io.github.whisperspeedtest.benchmark.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.benchmark.statistics.BootstrappedMedian.Interval;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BootstrappedMedianTest {
    private static final double[] VALUES = {3, 1, 4.5, 9, 2.6, 5.3};

    /** The tail is that of the normal distribution beyond √(n/(n−1)) times the quantile of Student's t (Hesterberg). */
    @ParameterizedTest
    @ValueSource(ints = {4, 5, 6})
    void endsArePercentilesOfTheMediansOfAllResamples(int count) {
        double[] values = Arrays.copyOf(VALUES, count);
        double[] medians = mediansOfAllResamples(values);
        BootstrappedMedian bootstrapped = new BootstrappedMedian(values);
        for (double level = 0.01; level < 0.87; level += 0.01) {
            double quantile = TDistribution.of(count - 1).inverseSurvivalProbability((1 - level) / 2);
            double tail = NormalDistribution.of(0, 1).survivalProbability(Math.sqrt(count / (count - 1.0)) * quantile);
            int outside = (int) (tail * medians.length);

            Interval interval = bootstrapped.interval(level);

            assertThat(interval.low()).as("at %s", level).isEqualTo(medians[outside], within(1e-12));
            assertThat(interval.high())
                    .as("at %s", level)
                    .isEqualTo(medians[medians.length - 1 - outside], within(1e-12));
        }
    }

    private static double[] mediansOfAllResamples(double[] values) {
        int count = values.length;
        return IntStream.range(0, (int) Math.pow(count, count))
                .mapToDouble(resample -> {
                    double[] drawn = new double[count];
                    for (int i = 0, rest = resample; i < count; i++, rest /= count) {
                        drawn[i] = values[rest % count];
                    }
                    Arrays.sort(drawn);
                    return Samples.median(drawn);
                })
                .sorted()
                .toArray();
    }

    /** Of few values the range covers the median too rarely: 15 of 16 times for five. */
    @Test
    void intervalOfFewValuesIncludesThatOfStudent() {
        Interval interval = new BootstrappedMedian(new double[] {-2, -1, 0, 1, 2}).interval(0.95);

        // 2.776 √(2.5 / 5) = 1.963 is within the range; at 99 %, 4.604 √(2.5 / 5) = 3.256 is not.
        assertThat(interval).isEqualTo(new Interval(-2, 2));
        assertThat(new BootstrappedMedian(new double[] {-2, -1, 0, 1, 2})
                        .interval(0.99)
                        .high())
                .isEqualTo(3.256, within(1e-3));
    }

    /** Asymptotically the half-width is 1.96 / (2 √n) divided by the density at the median, which is 1 here. */
    @ParameterizedTest
    @CsvSource({"2000", "2001"})
    void manyValuesGiveTheAsymptoticInterval(int count) {
        double[] values = new Random(1).doubles(count).toArray();

        Interval interval = new BootstrappedMedian(values).interval(0.95);

        assertThat((interval.high() - interval.low()) / 2).isEqualTo(0.98 / Math.sqrt(count), within(0.004));
        assertThat(interval.excludes(0.5)).isFalse();
        assertThat(interval.excludes(0.6)).isTrue();
    }
}
