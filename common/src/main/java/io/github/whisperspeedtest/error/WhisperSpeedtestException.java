package io.github.whisperspeedtest.error;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The root of all exceptions of this library.
 *
 * <p>A message states the failure, the value that caused it, and the next step.
 */
public class WhisperSpeedtestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorKind kind;

    /** Creates an exception of the given kind. */
    public WhisperSpeedtestException(ErrorKind kind, String message) {
        this(kind, message, null);
    }

    /** Creates an exception of the given kind with its underlying cause. */
    public WhisperSpeedtestException(ErrorKind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = Objects.requireNonNull(kind, "kind");
    }

    /** Returns the cause category of this failure. */
    public final ErrorKind kind() {
        return kind;
    }
}
