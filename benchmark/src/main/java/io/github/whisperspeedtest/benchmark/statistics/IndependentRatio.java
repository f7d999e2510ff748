package io.github.whisperspeedtest.benchmark.statistics;

import java.util.Arrays;
import java.util.Random;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * How much longer one candidate takes than another that was measured at another time: the ratio of the medians of their times.
 *
 * <p>The times are not paired, so whatever slows the machine down during only one of the two measurements is part of the ratio, and the
 * interval does not cover it; see {@link PairedRatio} for times of the same rounds. The interval is the expanded percentile interval of the
 * difference between bootstrapped medians of logarithms, drawn independently of each other (Hesterberg, "What
 * Teachers Should Know About the Bootstrap", The American Statistician 69(4), 2015). The expansion is that
 * of the smaller sample, which makes the interval rather too wide than too narrow: for normal and exponential times, it misses the true ratio
 * in 1 % to 4 % of all cases at a level of 0.95.
 *
 * @param ratio ratio of the medians, above 1 if the first candidate is slower; the median of an even number of times is the geometric mean of
 *     the two in the middle, so that exchanging the candidates inverts the ratio
 * @param low lower end of the interval, NaN if unknown because a candidate has fewer than four times
 * @param high upper end of the interval, NaN if unknown
 */
public record IndependentRatio(double ratio, double low, double high) {
    private static final int RESAMPLES = 10_000;
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
        // java.util.Random is the one generator whose numbers the Java specification fixes for all versions.
        Random random = new Random(seed);
        double[] differences = mediansOfResamples(a, random);
        double[] others = mediansOfResamples(b, random);
        for (int i = 0; i < differences.length; i++) {
            differences[i] -= others[i];
        }
        Arrays.sort(differences);
        int tail = (int) (expandedTail(Math.min(a.length, b.length), level) * differences.length);
        return new double[] {differences[tail], differences[differences.length - 1 - tail]};
    }

    /** Returns the fraction of resamples to leave out at each end, smaller than that of the level. */
    private static double expandedTail(int count, double level) {
        double student = TDistribution.of(count - 1).inverseSurvivalProbability((1 - level) / 2);
        return NormalDistribution.of(0, 1).survivalProbability(Math.sqrt(count / (count - 1.0)) * student);
    }

    private static double[] mediansOfResamples(double[] sorted, Random random) {
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
