package io.github.whisperspeedtest.error;

import org.jspecify.annotations.Nullable;

/** Signals an engine that failed while loading or transcribing. */
public class EngineException extends WhisperSpeedtestException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that ends with the next step. */
    public EngineException(String message) {
        this(message, null);
    }

    /** Creates an exception with its underlying cause. */
    public EngineException(String message, @Nullable Throwable cause) {
        this(ErrorKind.INTERNAL, message, cause);
    }

    EngineException(ErrorKind kind, String message, @Nullable Throwable cause) {
        super(kind, message, cause);
    }
}
