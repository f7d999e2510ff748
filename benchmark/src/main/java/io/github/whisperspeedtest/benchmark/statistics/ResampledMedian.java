package io.github.whisperspeedtest.benchmark.statistics;

import java.util.Arrays;
import java.util.Random;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Confidence intervals of the median of a sample from bootstrap resamples.
 *
 * <p>The method is the expanded percentile interval (Hesterberg, "What Teachers Should Know About the Bootstrap", The American Statistician
 * 69(4), 2015): the percentiles are moved outwards as far as Student's t exceeds the normal distribution. Without that, an interval for 95 %
 * covers the median of seven values in 87 % of all cases. BCa is no alternative: its acceleration comes from the jackknife, which is
 * inconsistent for the median (Efron, The Jackknife, the Bootstrap and Other Resampling Plans, 1982, section 3.4).
 */
final class ResampledMedian {
    private static final int RESAMPLES = 10_000;

    private final double[] sorted;
    private final double[] medians;

    /**
     * Draws the resamples.
     *
     * @param values at least two, in any order
     */
    ResampledMedian(double[] values, long seed) {
        sorted = values.clone();
        Arrays.sort(sorted);
        // java.util.Random is the one generator whose numbers the Java specification fixes for all versions.
        medians = resample(sorted, new Random(seed));
        Arrays.sort(medians);
    }

    double median() {
        return Samples.median(sorted);
    }

    /** Returns the lower and the upper end of the interval. */
    double[] interval(double level) {
        int count = sorted.length;
        OrderStatistics ends = OrderStatistics.of(count, level);
        double low = sorted[ends.rank() - 1];
        double high = sorted[count - ends.rank()];
        if (ends.coverage() < level) {
            // No resample leaves the range of the values, and so few values can all lie on one side of the median.
            double halfWidth = studentHalfWidth(level);
            double mean = mean();
            return new double[] {Math.min(low, mean - halfWidth), Math.max(high, mean + halfWidth)};
        }
        int tail = (int) (expandedTail(count, level) * RESAMPLES);
        // The smallest resample is not small enough for a percentile beyond all of them.
        return tail == 0 ? new double[] {low, high} : new double[] {medians[tail], medians[RESAMPLES - 1 - tail]};
    }

    /** Returns the fraction of resamples to leave out at each end, smaller than that of the level. */
    static double expandedTail(int count, double level) {
        double student = TDistribution.of(count - 1).inverseSurvivalProbability((1 - level) / 2);
        return NormalDistribution.of(0, 1).survivalProbability(Math.sqrt(count / (count - 1.0)) * student);
    }

    private double mean() {
        return Arrays.stream(sorted).average().orElseThrow();
    }

    private double studentHalfWidth(double level) {
        int count = sorted.length;
        double mean = mean();
        double squares = Arrays.stream(sorted)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        return TDistribution.of(count - 1).inverseSurvivalProbability((1 - level) / 2)
                * Math.sqrt(squares / (count - 1) / count);
    }

    /** Returns the medians of resamples, in the order in which they were drawn. */
    static double[] resample(double[] sorted, Random random) {
        double[] medians = new double[RESAMPLES];
        int count = sorted.length;
        int[] drawn = new int[count];
        for (int r = 0; r < RESAMPLES; r++) {
            Arrays.fill(drawn, 0);
            for (int i = 0; i < count; i++) {
                drawn[random.nextInt(count)]++;
            }
            medians[r] = (sorted[indexOf((count + 1) / 2, drawn)] + sorted[indexOf(count / 2 + 1, drawn)]) / 2;
        }
        return medians;
    }

    /** Returns the index of the value that is at the given rank, from 1, of a resample. */
    private static int indexOf(int rank, int[] drawn) {
        int index = 0;
        for (int below = drawn[0]; below < rank; below += drawn[index]) {
            index++;
        }
        return index;
    }
}
