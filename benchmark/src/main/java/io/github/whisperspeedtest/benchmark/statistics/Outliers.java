package io.github.whisperspeedtest.benchmark.statistics;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Times that do not fit the others. They are reported and never dropped: the interruption that caused one belongs to the machine.
 *
 * <p>The criterion is the modified z-score, from the median and the median absolute deviation (Iglewicz and Hoaglin, How to Detect and Handle
 * Outliers, 1993). Up to half of the times can be outliers without hiding each other, which is why it serves few rounds better than quartiles.
 */
public final class Outliers {
    /** Makes the median absolute deviation of a normal distribution its standard deviation. */
    private static final double NORMAL_FACTOR = 1.4826;

    /** Above the usual 3.5, as run times have heavier tails than a normal distribution. */
    private static final double MAX_SCORE = 5;

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
        double scale = NORMAL_FACTOR * Samples.medianDeviation(times, median);
        return IntStream.range(0, times.length)
                .filter(i -> times.length >= MIN_TIMES && Math.abs(times[i] - median) > MAX_SCORE * scale)
                .boxed()
                .toList();
    }
}
