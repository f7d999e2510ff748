package io.github.whisperspeedtest.benchmark;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How many rounds a benchmark measures. A round runs every candidate once, in random order.
 *
 * @param runs timed rounds, at least 1: their number if it is fixed, otherwise the minimum
 * @param fixed whether the number is fixed; otherwise rounds are added until the medians are precise or the budget is used up
 * @param warmups rounds before them that do not count
 * @param budget time for the whole benchmark, loading included; null for the default of {@link #DEFAULT_MEASURING}
 * @param seed seed of the order
 */
public record Rounds(
        int runs, boolean fixed, int warmups, @Nullable Duration budget, long seed) {
    /** Time for the timed rounds if there is no budget; the minimum number of rounds may take longer. */
    public static final Duration DEFAULT_MEASURING = Duration.ofSeconds(5);

    /** The seed if none is requested. Any fixed number makes repeated benchmarks the same. */
    public static final long DEFAULT_SEED = 0;

    /** The most rounds of an open number: more cannot narrow the interval of a median by much. */
    static final int MAX_OPEN = 100;

    /** Ratios of fewer rounds have no interval, so candidates could not be told apart. */
    private static final int MIN_OPEN = 4;

    /** Checks the numbers. */
    public Rounds {
        if (runs < 1 || warmups < 0) {
            throw new IllegalArgumentException(
                    "runs must be at least 1 and warm-up runs at least 0, but were " + runs + " and " + warmups);
        }
        if (budget != null && (budget.isNegative() || budget.isZero())) {
            throw new IllegalArgumentException("the budget must be positive, but was " + budget);
        }
    }

    /** Returns the largest number of timed rounds. */
    int maximum() {
        return fixed ? runs : Math.max(runs, MAX_OPEN);
    }

    /** Returns the number of runs for a person, such as {@code 3 timed after 1 warm-up run}. */
    String describe() {
        return (fixed ? "" : "at least ") + runs + " timed after " + Quantities.counted(warmups, "warm-up run");
    }

    /** Returns a fixed number of rounds. */
    public static Rounds of(int runs, int warmups) {
        return new Rounds(runs, true, warmups, null, DEFAULT_SEED);
    }

    /** Returns four rounds or more, after one that does not count. */
    public static Rounds untilPrecise() {
        return new Rounds(MIN_OPEN, false, 1, null, DEFAULT_SEED);
    }
}
