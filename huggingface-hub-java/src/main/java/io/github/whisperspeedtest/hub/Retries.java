package io.github.whisperspeedtest.hub;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts the failed attempts at one thing, and waits between them. */
final class Retries {
    private static final Logger log = LoggerFactory.getLogger(Retries.class);
    /** However often a bad line brings a file forward a little, this many rounds of attempts are enough. */
    private static final int ROUNDS = 20;

    private final RetryPolicy policy;
    private final String what;
    private int inARow;
    private int total;

    Retries(RetryPolicy policy, String what) {
        this.policy = policy;
        this.what = what;
    }

    /** One try at something. */
    interface Attempt<T> {
        T run() throws TransientFailure, InterruptedException;
    }

    /**
     * Returns what the first attempt that succeeds returns; tells the listener of those that do not.
     *
     * @throws HubException if none does
     */
    static <T> T call(RetryPolicy policy, String what, DownloadListener listener, Attempt<T> attempt)
            throws InterruptedException {
        Retries retries = new Retries(policy, what);
        while (true) {
            try {
                return attempt.run();
            } catch (TransientFailure e) {
                Duration wait = retries.failed(e, false);
                listener.retrying(what, e.reason(), wait);
                Thread.sleep(wait.toMillis());
            }
        }
    }

    /**
     * Counts a failed attempt.
     *
     * @param progressed whether it brought the matter forward nevertheless
     * @return how long to wait before the next
     * @throws HubException if there is to be none
     */
    Duration failed(TransientFailure failure, boolean progressed) {
        inARow = progressed ? 1 : inARow + 1;
        total++;
        if (inARow >= policy.attempts() || total >= policy.attempts() * ROUNDS) {
            throw new HubException(
                    HubException.Reason.UNAVAILABLE,
                    "Cannot download " + what + ": " + failure.reason() + ". Gave up after " + total
                            + (total == 1 ? " attempt." : " attempts."),
                    "Check the connection and run it again: what has arrived is kept.",
                    failure);
        }
        Duration wait = waitAfter(failure);
        log.debug("Attempt {} at {} failed: {}. Next in {}", total, what, failure.reason(), wait);
        return wait;
    }

    private Duration waitAfter(TransientFailure failure) {
        Duration wish = failure.retryAfter();
        if (wish != null) {
            return wish.compareTo(policy.longestRetryAfter()) > 0 ? policy.longestRetryAfter() : wish;
        }
        // Jitter, so that many clients that a server dropped at once do not come back at once.
        double share = ThreadLocalRandom.current().nextDouble(0.5, 1);
        return Duration.ofNanos((long) (policy.delayAfter(inARow).toNanos() * share));
    }
}
