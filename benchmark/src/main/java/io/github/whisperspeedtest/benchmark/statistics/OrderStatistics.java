package io.github.whisperspeedtest.benchmark.statistics;

import org.apache.commons.statistics.distribution.BinomialDistribution;

/**
 * Which order statistics enclose the median: the k-th smallest and the k-th largest value of n.
 *
 * <p>The median of any continuous distribution lies outside of them as often as fewer than k of n tosses of a fair coin show heads, on either
 * side (David and Nagaraja, Order Statistics, 3rd edition, 2003, section 7.1).
 *
 * @param rank k, from 1
 * @param coverage probability that the median lies between the two
 */
record OrderStatistics(int rank, double coverage) {
    /** Returns the narrowest pair that covers the median with at least the given probability, or the range if none does. */
    static OrderStatistics of(int count, double level) {
        BinomialDistribution heads = BinomialDistribution.of(count, 0.5);
        int rank = 1;
        while (2 * (rank + 1) <= count + 1 && coverage(heads, rank + 1) >= level) {
            rank++;
        }
        return new OrderStatistics(rank, coverage(heads, rank));
    }

    private static double coverage(BinomialDistribution heads, int rank) {
        return Math.max(0, 1 - 2 * heads.cumulativeProbability(rank - 1));
    }
}
