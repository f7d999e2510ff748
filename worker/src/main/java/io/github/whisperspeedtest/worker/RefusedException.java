package io.github.whisperspeedtest.worker;

import java.time.Duration;
import java.util.Objects;

/** The service takes no more work for now. */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean closing;
    private final Duration retryAfter;

    /**
     * Creates the exception.
     *
     * @param closing whether the service is closing; otherwise it is busy
     * @param retryAfter when a new attempt may succeed
     */
    public RefusedException(String message, boolean closing, Duration retryAfter) {
        super(message);
        this.closing = closing;
        this.retryAfter = Objects.requireNonNull(retryAfter, "retryAfter");
    }

    /** Returns whether the service is closing; otherwise it is busy. */
    public boolean isClosing() {
        return closing;
    }

    /** Returns when a new attempt may succeed, at least one second. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
