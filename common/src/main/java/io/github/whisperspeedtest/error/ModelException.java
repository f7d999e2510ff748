package io.github.whisperspeedtest.error;

import org.jspecify.annotations.Nullable;

/** A model that is missing, incomplete or damaged; the message names the file, what was expected and what was found. */
public class ModelException extends WhisperSpeedtestException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that ends with what to do next. */
    public ModelException(String message) {
        this(message, null);
    }

    /** Creates an exception with the failure that set it off. */
    public ModelException(String message, @Nullable Throwable cause) {
        super(ErrorKind.MODEL, message, cause);
    }
}
