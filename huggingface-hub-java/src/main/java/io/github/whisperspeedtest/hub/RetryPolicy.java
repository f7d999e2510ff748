package io.github.whisperspeedtest.hub;

import java.time.Duration;
import java.util.Objects;

/**
 * When a download retries and when it gives up.
 *
 * @param attempts attempts in a row that may fail without bringing a file forward
 * @param firstDelay wait before the second attempt; it doubles with every further one
 * @param longestDelay what it grows to at most
 * @param longestRetryAfter how long a server's own wish, {@code Retry-After}, is followed at most
 * @param stallTimeout time without a byte, or without a response, after which a connection is closed
 */
public record RetryPolicy(
        int attempts, Duration firstDelay, Duration longestDelay, Duration longestRetryAfter, Duration stallTimeout) {
    /** Checks that all of it is positive. */
    public RetryPolicy {
        Objects.requireNonNull(firstDelay, "firstDelay");
        Objects.requireNonNull(longestDelay, "longestDelay");
        Objects.requireNonNull(longestRetryAfter, "longestRetryAfter");
        if (attempts < 1 || stallTimeout.isNegative() || stallTimeout.isZero()) {
            throw new IllegalArgumentException("At least one attempt and a positive time-out are needed");
        }
    }

    /** Returns the default: a download gives up after about two minutes without a network. */
    public static RetryPolicy standard() {
        return new RetryPolicy(
                8, Duration.ofMillis(500), Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofSeconds(30));
    }

    /** Returns the longest wait before the next attempt, given how many failed in a row. */
    Duration delayAfter(int failures) {
        Duration delay = firstDelay.multipliedBy(1L << Math.min(failures - 1, 20));
        return delay.compareTo(longestDelay) > 0 ? longestDelay : delay;
    }
}
