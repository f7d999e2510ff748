package io.github.whisperspeedtest.error;

import org.jspecify.annotations.Nullable;

/** An engine that failed while it loaded or transcribed. */
public class EngineException extends WhisperSpeedtestException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that ends with what to do next. */
    public EngineException(String message) {
        this(message, null);
    }

    /** Creates an exception with the failure that set it off. */
    public EngineException(String message, @Nullable Throwable cause) {
        this(ErrorKind.INTERNAL, message, cause);
    }

    EngineException(ErrorKind kind, String message, @Nullable Throwable cause) {
        super(kind, message, cause);
    }
}
