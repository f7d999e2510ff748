package io.github.whisperspeedtest.hub;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A failure that may be gone with the next attempt. */
final class TransientFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable Duration retryAfter;

    TransientFailure(String reason, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(reason, cause);
        this.retryAfter = retryAfter;
    }

    TransientFailure(String reason) {
        this(reason, null, null);
    }

    /** Returns what went wrong, as half a sentence. */
    String reason() {
        return String.valueOf(getMessage());
    }

    /** Returns how long the server wants to be left alone, or null if it did not say. */
    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }
}
