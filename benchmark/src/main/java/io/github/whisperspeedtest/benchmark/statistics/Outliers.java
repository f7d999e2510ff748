package io.github.whisperspeedtest.benchmark.statistics;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Times that do not fit the others. They are reported and never dropped: the interruption that caused one belongs to the machine.
 *
 * <p>The criterion is the modified z-score, from the median and the median absolute deviation (Iglewicz and Hoaglin, How to Detect and Handle
 * Outliers, 1993). It works while fewer than half of the times are outliers; Tukey's fences fail at a quarter. The limit is 5 instead of the
 * usual 3.5, which flags one in eight series of ten normal values. With 5 it is one in ten series of five values, one in thirty of ten, and
 * one in a hundred of thirty.
 */
public final class Outliers {
    /** Makes the median absolute deviation of a normal distribution its standard deviation. */
    private static final double NORMAL_FACTOR = 1.4826;

    private static final double MAX_SCORE = 5;

    /** A time closer to the median, as a fraction of it, is no outlier however alike the others are. */
    private static final double MIN_DEVIATION = 0.05;

    /** The deviation of fewer times says too little. */
    private static final int MIN_TIMES = 5;

    private Outliers() {}

    /**
     * Returns the indexes of the outliers in ascending order; none for fewer than five times.
     *
     * @param times in seconds
     * @throws IllegalArgumentException if there are no times, or one is not positive and finite
     */
    public static List<Integer> of(double[] times) {
        double median = Samples.median(Samples.sorted(times));
        double limit =
                Math.max(MIN_DEVIATION * median, MAX_SCORE * NORMAL_FACTOR * Samples.medianDeviation(times, median));
        return IntStream.range(0, times.length)
                .filter(i -> times.length >= MIN_TIMES && Math.abs(times[i] - median) > limit)
                .boxed()
                .toList();
    }
}
