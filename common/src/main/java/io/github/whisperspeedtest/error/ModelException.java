package io.github.whisperspeedtest.error;

import org.jspecify.annotations.Nullable;

/**
 * Signals a model that is missing, incomplete or damaged. The message names the file, the expected content and the
 * actual content.
 */
public class ModelException extends WhisperSpeedtestException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that ends with the next step. */
    public ModelException(String message) {
        this(message, null);
    }

    /** Creates an exception with its underlying cause. */
    public ModelException(String message, @Nullable Throwable cause) {
        super(ErrorKind.MODEL, message, cause);
    }
}
