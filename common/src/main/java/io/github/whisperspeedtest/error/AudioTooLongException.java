package io.github.whisperspeedtest.error;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Signals audio that is longer than the caller accepts. The message names the recording and the limit. */
public class AudioTooLongException extends AudioException {
    private static final long serialVersionUID = 1L;

    private final Duration limit;

    /** Creates an exception with a message that ends with the next step. */
    public AudioTooLongException(Duration limit, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.limit = Objects.requireNonNull(limit, "limit");
    }

    /** Returns the longest accepted audio. */
    public Duration limit() {
        return limit;
    }
}
