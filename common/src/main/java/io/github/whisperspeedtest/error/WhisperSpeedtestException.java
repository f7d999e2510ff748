package io.github.whisperspeedtest.error;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The root of all exceptions of this library.
 *
 * <p>A message says what failed, the value that made it fail, and what to do next.
 */
public class WhisperSpeedtestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorKind kind;

    /** Creates an exception of the given kind. */
    public WhisperSpeedtestException(ErrorKind kind, String message) {
        this(kind, message, null);
    }

    /** Creates an exception of the given kind with the failure that set it off. */
    public WhisperSpeedtestException(ErrorKind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = Objects.requireNonNull(kind, "kind");
    }

    /** Returns who can mend this failure. */
    public final ErrorKind kind() {
        return kind;
    }
}
