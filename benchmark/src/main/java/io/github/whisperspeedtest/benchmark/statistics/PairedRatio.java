package io.github.whisperspeedtest.benchmark.statistics;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How much longer one candidate takes than another: the median of the ratios of their times in the same round.
 *
 * <p>Whatever slows the machine down for a whole round cancels out of its ratio. The interval is the expanded percentile interval of the
 * bootstrap over rounds, computed from all possible resamples (Efron, 1979; Hesterberg, 2015), hence without a seed. Where even the range of
 * the ratios covers the median too rarely (below six rounds at a level of 0.95), the interval also includes that of Student's t for the
 * logarithms of the ratios.
 *
 * @param ratio median ratio, above 1 if the first candidate is slower; for an even number of rounds the geometric mean of the two in the
 *     middle, so that exchanging the candidates inverts it; NaN without rounds
 * @param low lower end of the interval, NaN if unknown because there are fewer than four rounds
 * @param high upper end of the interval, NaN if unknown
 * @param rounds number of rounds in which both candidates were measured
 */
public record PairedRatio(double ratio, double low, double high, int rounds) {
    static final int MIN_ROUNDS = 4;

    /**
     * Returns the ratio of the times of two candidates.
     *
     * @param a times of the first candidate in seconds, one per round; NaN where it was not measured
     * @param b times of the second candidate in the same rounds
     * @param level confidence level of the interval, such as 0.95
     * @throws IllegalArgumentException if the numbers of rounds differ, a time is neither NaN nor positive and finite, or the level is not
     *     between 0 and 1
     */
    public static PairedRatio of(double[] a, double[] b, double level) {
        Samples.requireLevel(level);
        double[] logRatios = logRatios(a, b);
        int rounds = logRatios.length;
        if (rounds < MIN_ROUNDS) {
            Arrays.sort(logRatios);
            double ratio = rounds == 0 ? Double.NaN : Math.exp(Samples.median(logRatios));
            return new PairedRatio(ratio, Double.NaN, Double.NaN, rounds);
        }
        BootstrappedMedian logRatio = new BootstrappedMedian(logRatios);
        BootstrappedMedian.Interval interval = logRatio.interval(level);
        return new PairedRatio(
                Math.exp(logRatio.median()), Math.exp(interval.low()), Math.exp(interval.high()), rounds);
    }

    /** Returns the logarithms of the ratios in the rounds that both have. */
    static double[] logRatios(double[] a, double[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException("The candidates have " + a.length + " and " + b.length
                    + " rounds; expected the same number, with NaN for a missing round");
        }
        return IntStream.range(0, a.length)
                .filter(i -> !Double.isNaN(a[i]) && !Double.isNaN(b[i]))
                .mapToDouble(i -> {
                    Samples.requireTime(a[i], i);
                    Samples.requireTime(b[i], i);
                    return Math.log(a[i]) - Math.log(b[i]);
                })
                .toArray();
    }

    /** Returns whether the interval is known and excludes 1: the candidates differ at the level of the interval. */
    public boolean isDifferent() {
        return low > 1 || high < 1;
    }
}
