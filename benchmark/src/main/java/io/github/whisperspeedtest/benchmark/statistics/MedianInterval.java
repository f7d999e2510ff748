package io.github.whisperspeedtest.benchmark.statistics;

/**
 * The median of independent times and its confidence interval.
 *
 * <p>The ends of the interval are two of the times, chosen by the binomial distribution. This holds for every continuous distribution of the
 * times and every number of them; nothing is assumed to be normal.
 *
 * @param median the middle time, or the mean of the two in the middle, in seconds
 * @param low lower end, in seconds
 * @param high upper end, in seconds
 * @param coverage probability with which such an interval covers the true median; 0 for a single time
 * @param exact whether the coverage is at least the level that was asked for; otherwise the interval is the range of the times
 */
public record MedianInterval(double median, double low, double high, double coverage, boolean exact) {
    /**
     * Returns the median and its interval. A level of 0.95 needs six times.
     *
     * @param times in seconds, in any order
     * @param level the least coverage, such as 0.95
     * @throws IllegalArgumentException if there are no times, one is not positive and finite, or the level is not between 0 and 1
     */
    public static MedianInterval of(double[] times, double level) {
        Samples.requireLevel(level);
        double[] sorted = Samples.sorted(times);
        OrderStatistics ends = OrderStatistics.of(sorted.length, level);
        return new MedianInterval(
                Samples.median(sorted),
                sorted[ends.rank() - 1],
                sorted[sorted.length - ends.rank()],
                ends.coverage(),
                ends.coverage() >= level);
    }

    /** Returns half the width of the interval as a fraction of the median: 0.02 for ±2 %. */
    public double relativeHalfWidth() {
        return (high - low) / 2 / median;
    }
}
