package io.github.whisperspeedtest.error;

import org.jspecify.annotations.Nullable;

/** Signals an unknown implementation, model or language. The message lists the known names. */
public class UnknownNameException extends WhisperSpeedtestException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that ends with the next step. */
    public UnknownNameException(String message) {
        this(message, null);
    }

    /** Creates an exception with its underlying cause. */
    public UnknownNameException(String message, @Nullable Throwable cause) {
        super(ErrorKind.USER, message, cause);
    }
}
