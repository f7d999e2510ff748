package io.github.whisperspeedtest.benchmark.statistics;

/**
 * When to stop measuring: as soon as the 95 % interval of the median is narrow enough.
 *
 * <p>Looking after every round and stopping at the first narrow interval favours rounds that happen to agree, most of all with few rounds. The
 * minimum limits this effect: in simulations with 1 to 10 % noise, the interval at the end covers the true median in at least 93 % of all cases
 * with a minimum of 10 rounds, but not with 6. An interval with less than 95 % coverage (below six rounds) never counts.
 *
 * @param relativeHalfWidth half the width of the interval as a fraction of the median, such as 0.02 for ±2 %
 * @param minRounds rounds to measure in any case
 * @param maxRounds rounds after which to stop in any case
 */
public record StoppingRule(double relativeHalfWidth, int minRounds, int maxRounds) {
    private static final double LEVEL = 0.95;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if the width is not positive, or the numbers of rounds are not 1 ≤ minimum ≤ maximum
     */
    public StoppingRule {
        if (!(relativeHalfWidth > 0)) {
            throw new IllegalArgumentException(
                    "The relative half-width is " + relativeHalfWidth + "; expected a positive number");
        }
        if (minRounds < 1 || maxRounds < minRounds) {
            throw new IllegalArgumentException("The minimum and maximum number of rounds are " + minRounds + " and "
                    + maxRounds + "; expected 1 <= minimum <= maximum");
        }
    }

    /**
     * Returns whether to stop: the median is precise enough, or the maximum number of rounds is reached.
     *
     * @param times of all rounds so far, in seconds
     * @throws IllegalArgumentException if a time is not positive and finite
     */
    public boolean isMet(double[] times) {
        if (times.length < minRounds) {
            return false;
        }
        MedianInterval interval = MedianInterval.of(times, LEVEL);
        return times.length >= maxRounds || interval.exact() && interval.relativeHalfWidth() <= relativeHalfWidth;
    }
}
