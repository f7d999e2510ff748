package io.github.whisperspeedtest.benchmark.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.benchmark.statistics.BootstrappedMedian.Interval;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BootstrappedMedianTest {
    private static final double[] VALUES = {3, 1, 4.5, 9, 2.6, 5.3, 6};

    /** The tails are those of the normal distribution beyond √(n/(n−1)) times the quantile of Student's t, from tables. */
    @ParameterizedTest
    @CsvSource({
        "4, 0.8, 0.02929",
        "5, 0.8, 0.04325",
        "6, 0.8, 0.05296",
        "6, 0.5, 0.21305",
        "7, 0.8, 0.05998",
        "7, 0.9, 0.01790"
    })
    void endsArePercentilesOfTheMediansOfAllResamples(int count, double level, double tail) {
        double[] values = Arrays.copyOf(VALUES, count);
        double[] medians = mediansOfAllResamples(values);

        Interval interval = new BootstrappedMedian(values).interval(level);

        int outside = (int) (tail * medians.length);
        assertThat(interval.low()).isEqualTo(medians[outside], within(1e-12));
        assertThat(interval.high()).isEqualTo(medians[medians.length - 1 - outside], within(1e-12));
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
