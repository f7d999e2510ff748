package io.github.whisperspeedtest.benchmark.statistics;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Where the steady state of a series of rounds begins.
 *
 * <p>The second half of the rounds, without outliers, is the reference. Rounds at the start belong to the warm-up as long as each lies outside
 * of the 99 % prediction interval of the reference for the logarithm of one more time (Student's t) and differs from it by more than 2 %.
 */
public final class WarmUp {
    private static final double SIGNIFICANCE = 0.01;
    private static final double MIN_CHANGE = Math.log(1.02);

    private WarmUp() {}

    /**
     * Returns the index of the first round in the steady state: 0 if there is no warm-up, at most half of the number of rounds. It is 0, too,
     * if no steady state exists; see {@link #isDrifting}.
     *
     * @param times in seconds, in the order of the rounds
     * @throws IllegalArgumentException if there are no times, or one is not positive and finite
     */
    public static int steadyFrom(double[] times) {
        return isDrifting(times) ? 0 : firstLikeSecondHalf(times);
    }

    /**
     * Returns whether the times keep changing, so that no steady state exists: either the whole first half differs from the second one, or the
     * rounds after the warm-up have a trend (Mann, Econometrica 13, 1945; Kendall, Rank Correlation Methods, 1948), significant at 1 %.
     *
     * @param times in seconds, in the order of the rounds
     * @throws IllegalArgumentException if there are no times, or one is not positive and finite
     */
    public static boolean isDrifting(double[] times) {
        int first = firstLikeSecondHalf(times);
        return first > 1 && first == times.length / 2 || hasTrend(Arrays.copyOfRange(times, first, times.length));
    }

    private static int firstLikeSecondHalf(double[] times) {
        Samples.sorted(times);
        int half = times.length / 2;
        double[] reference = Arrays.copyOfRange(times, half, times.length);
        Set<Integer> outliers = new HashSet<>(Outliers.of(reference));
        double[] logs = IntStream.range(0, reference.length)
                .filter(i -> !outliers.contains(i))
                .mapToDouble(i -> Math.log(reference[i]))
                .toArray();
        if (logs.length < 2) {
            return 0;
        }
        double mean = Arrays.stream(logs).average().orElseThrow();
        double variance =
                Arrays.stream(logs).map(log -> (log - mean) * (log - mean)).sum() / (logs.length - 1);
        double limit = Math.max(
                MIN_CHANGE,
                TDistribution.of(logs.length - 1).inverseSurvivalProbability(SIGNIFICANCE / 2)
                        * Math.sqrt(variance * (1 + 1.0 / logs.length)));
        int first = 0;
        while (first < half && Math.abs(Math.log(times[first]) - mean) > limit) {
            first++;
        }
        return first;
    }

    /** The normal approximation of Kendall's statistic, with correction for continuity; good from ten values on and cautious below. */
    private static boolean hasTrend(double[] times) {
        int count = times.length;
        long concordance = 0;
        for (int later = 1; later < count; later++) {
            for (int earlier = 0; earlier < later; earlier++) {
                concordance += (long) Math.signum(times[later] - times[earlier]);
            }
        }
        double deviation = Math.sqrt(count * (count - 1.0) * (2 * count + 5) / 18);
        double score = Math.max(0, Math.abs(concordance) - 1) / deviation;
        return NormalDistribution.of(0, 1).survivalProbability(score) < SIGNIFICANCE / 2;
    }
}
