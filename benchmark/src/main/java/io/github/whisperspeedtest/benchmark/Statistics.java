package io.github.whisperspeedtest.benchmark;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Statistics of measured times.
 *
 * @param count number of times
 * @param median the middle one, or the mean of the two in the middle
 * @param mean their mean
 * @param standardDeviation standard deviation of the sample (divided by count - 1), null for a single time
 * @param min the shortest
 * @param max the longest
 */
public record Statistics(
        int count, Duration median, Duration mean, @Nullable Duration standardDeviation, Duration min, Duration max) {
    /** Checks the count and that nothing is null but the deviation. */
    public Statistics {
        if (count < 1) {
            throw new IllegalArgumentException("count must be at least 1, but was " + count);
        }
        Objects.requireNonNull(median, "median");
        Objects.requireNonNull(mean, "mean");
        Objects.requireNonNull(min, "min");
        Objects.requireNonNull(max, "max");
    }

    /**
     * Returns the statistics of the given times.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static Statistics of(List<Duration> times) {
        if (times.isEmpty()) {
            throw new IllegalArgumentException("statistics need at least one time");
        }
        long[] sorted = times.stream().mapToLong(Duration::toNanos).sorted().toArray();
        int count = sorted.length;
        double mean = 0;
        for (long nanos : sorted) {
            mean += (double) nanos / count;
        }
        double squares = 0;
        for (long nanos : sorted) {
            squares += (nanos - mean) * (nanos - mean);
        }
        long lowerMiddle = sorted[(count - 1) / 2];
        long upperMiddle = sorted[count / 2];
        return new Statistics(
                count,
                Duration.ofNanos(lowerMiddle + (upperMiddle - lowerMiddle) / 2),
                Duration.ofNanos(Math.round(mean)),
                count == 1 ? null : Duration.ofNanos(Math.round(Math.sqrt(squares / (count - 1)))),
                Duration.ofNanos(sorted[0]),
                Duration.ofNanos(sorted[count - 1]));
    }

    /** Returns the standard deviation as a fraction of the mean, 0 for a single time. */
    public double relativeDeviation() {
        if (standardDeviation == null || mean.isZero()) {
            return 0;
        }
        return (double) standardDeviation.toNanos() / mean.toNanos();
    }
}
