package io.github.whisperspeedtest.error;

import org.jspecify.annotations.Nullable;

/** Signals an implementation that cannot run on this machine. The message contains the reason and the remedy. */
public class EngineUnavailableException extends WhisperSpeedtestException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that ends with the next step. */
    public EngineUnavailableException(String message) {
        this(message, null);
    }

    /** Creates an exception with its underlying cause. */
    public EngineUnavailableException(String message, @Nullable Throwable cause) {
        super(ErrorKind.ENVIRONMENT, message, cause);
    }
}
