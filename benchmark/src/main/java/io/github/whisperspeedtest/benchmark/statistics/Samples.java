package io.github.whisperspeedtest.benchmark.statistics;

import java.util.Arrays;

/** Checks and order statistics that several methods share. */
final class Samples {
    private Samples() {}

    /**
     * Returns a sorted copy of the times.
     *
     * @throws IllegalArgumentException if there are none, or one is not a positive finite number
     */
    static double[] sorted(double[] times) {
        if (times.length == 0) {
            throw new IllegalArgumentException("There are no times; at least one is needed");
        }
        for (int i = 0; i < times.length; i++) {
            requireTime(times[i], i);
        }
        double[] sorted = times.clone();
        Arrays.sort(sorted);
        return sorted;
    }

    static void requireTime(double time, int index) {
        if (!(time > 0 && time < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "Time " + index + " is " + time + "; expected a positive finite number of seconds");
        }
    }

    static void requireLevel(double level) {
        if (!(level > 0 && level < 1)) {
            throw new IllegalArgumentException("The confidence level is " + level + "; expected one between 0 and 1");
        }
    }

    /** Returns the median of at least one sorted value: the middle one, or the mean of the two in the middle. */
    static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Returns the median absolute deviation from a centre (MAD), without the factor for normal distributions. */
    static double medianDeviation(double[] values, double centre) {
        return median(Arrays.stream(values)
                .map(value -> Math.abs(value - centre))
                .sorted()
                .toArray());
    }
}
