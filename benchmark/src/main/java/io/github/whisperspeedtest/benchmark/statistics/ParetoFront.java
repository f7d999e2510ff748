package io.github.whisperspeedtest.benchmark.statistics;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The candidates that are worth considering: no other is at least as good in everything and better in something. */
public final class ParetoFront {
    private ParetoFront() {}

    /**
     * What counts about a candidate; less is better in every component.
     *
     * @param time in seconds, or seconds per second of audio
     * @param errorRate word or character error rate, 0.05 for 5 %; may exceed 1
     * @param memory in bytes, null to compare without it
     */
    public record Point(
            double time, double errorRate, @Nullable Double memory) {
        /**
         * Checks the numbers.
         *
         * @throws IllegalArgumentException if one is negative, infinite or NaN
         */
        public Point {
            requireMeasured("time", time);
            requireMeasured("error rate", errorRate);
            if (memory != null) {
                requireMeasured("memory", memory);
            }
        }

        private static void requireMeasured(String name, double value) {
            if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "The " + name + " of a point is " + value + "; expected a finite number of at least 0");
            }
        }

        private boolean dominates(Point other) {
            double ownMemory = memory == null ? 0 : memory;
            double otherMemory = other.memory == null ? 0 : other.memory;
            boolean noWorse = time <= other.time && errorRate <= other.errorRate && ownMemory <= otherMemory;
            boolean better = time < other.time || errorRate < other.errorRate || ownMemory < otherMemory;
            return noWorse && better;
        }
    }

    /**
     * Returns the indexes of the points on the front, in ascending order. Equal points are on it together.
     *
     * @throws IllegalArgumentException if some points have a memory and others have not
     */
    public static List<Integer> of(List<Point> points) {
        if (points.stream().map(point -> point.memory() == null).distinct().count() > 1) {
            throw new IllegalArgumentException(
                    "Some points have a memory and others have not; expected all of them or none to have one");
        }
        return IntStream.range(0, points.size())
                .filter(i -> points.stream().noneMatch(other -> other.dominates(points.get(i))))
                .boxed()
                .toList();
    }
}
