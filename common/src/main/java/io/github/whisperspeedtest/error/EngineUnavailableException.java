package io.github.whisperspeedtest.error;

import org.jspecify.annotations.Nullable;

/** An implementation that cannot run on this machine; the message holds the reason and the remedy. */
public class EngineUnavailableException extends WhisperSpeedtestException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that ends with what to do next. */
    public EngineUnavailableException(String message) {
        this(message, null);
    }

    /** Creates an exception with the failure that set it off. */
    public EngineUnavailableException(String message, @Nullable Throwable cause) {
        super(ErrorKind.ENVIRONMENT, message, cause);
    }
}
