package io.github.whisperspeedtest.error;

import org.jspecify.annotations.Nullable;

/** An implementation, a model or a language that nobody knows; the message lists the known ones. */
public class UnknownNameException extends WhisperSpeedtestException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that ends with what to do next. */
    public UnknownNameException(String message) {
        this(message, null);
    }

    /** Creates an exception with the failure that set it off. */
    public UnknownNameException(String message, @Nullable Throwable cause) {
        super(ErrorKind.USER, message, cause);
    }
}
