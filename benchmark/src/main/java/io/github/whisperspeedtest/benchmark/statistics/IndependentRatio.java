package io.github.whisperspeedtest.benchmark.statistics;

import java.util.Arrays;
import java.util.Random;

/**
 * How much longer one candidate takes than another that was measured at another time: the ratio of the medians of their times.
 *
 * <p>The times are not paired, so whatever slows the machine down during only one of the two measurements is part of the ratio, and the
 * interval does not cover it; see {@link PairedRatio} for times of the same rounds. The interval is the expanded percentile interval of the
 * difference between bootstrapped medians of logarithms, drawn independently of each other; see {@code ResampledMedian}. The expansion is that
 * of the smaller sample, which makes the interval rather too wide than too narrow: for normal and exponential times, it misses the true ratio
 * in 1 % to 4 % of all cases at a level of 0.95.
 *
 * @param ratio ratio of the medians, above 1 if the first candidate is slower; the median of an even number of times is the geometric mean of
 *     the two in the middle, so that exchanging the candidates inverts the ratio
 * @param low lower end of the interval, NaN if unknown because a candidate has fewer than four times
 * @param high upper end of the interval, NaN if unknown
 */
public record IndependentRatio(double ratio, double low, double high) {
    private static final int MIN_TIMES = PairedRatio.MIN_ROUNDS;

    /**
     * Returns the ratio of the times of two candidates.
     *
     * @param a times of the first candidate in seconds, in any order
     * @param b times of the second candidate; their number may differ
     * @param level confidence level of the interval, such as 0.95
     * @param seed selects the resamples
     * @throws IllegalArgumentException if a candidate has no time, a time is not positive and finite, or the level is not between 0 and 1
     */
    public static IndependentRatio of(double[] a, double[] b, double level, long seed) {
        Samples.requireLevel(level);
        double[] logsA = logs(a);
        double[] logsB = logs(b);
        double logRatio = Samples.median(logsA) - Samples.median(logsB);
        if (Math.min(a.length, b.length) < MIN_TIMES) {
            return new IndependentRatio(Math.exp(logRatio), Double.NaN, Double.NaN);
        }
        double[] ends = resampled(logsA, logsB, level, seed);
        return new IndependentRatio(Math.exp(logRatio), Math.exp(ends[0]), Math.exp(ends[1]));
    }

    /** Returns whether the interval is known. */
    public boolean isKnown() {
        return !Double.isNaN(low);
    }

    /** Returns whether the interval is known and excludes 1: the candidates differ at the level of the interval. */
    public boolean isDifferent() {
        return low > 1 || high < 1;
    }

    private static double[] logs(double[] times) {
        return Arrays.stream(Samples.sorted(times)).map(Math::log).toArray();
    }

    private static double[] resampled(double[] a, double[] b, double level, long seed) {
        Random random = new Random(seed);
        double[] differences = ResampledMedian.resample(a, random);
        double[] others = ResampledMedian.resample(b, random);
        for (int i = 0; i < differences.length; i++) {
            differences[i] -= others[i];
        }
        Arrays.sort(differences);
        int tail = (int) (ResampledMedian.expandedTail(Math.min(a.length, b.length), level) * differences.length);
        return new double[] {differences[tail], differences[differences.length - 1 - tail]};
    }
}
