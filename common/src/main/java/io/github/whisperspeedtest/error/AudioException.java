package io.github.whisperspeedtest.error;

import org.jspecify.annotations.Nullable;

/** Signals audio that cannot be read. The message names the file, the expected content and the actual content. */
public class AudioException extends WhisperSpeedtestException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that ends with the next step. */
    public AudioException(String message) {
        this(message, null);
    }

    /** Creates an exception with its underlying cause. */
    public AudioException(String message, @Nullable Throwable cause) {
        super(ErrorKind.USER, message, cause);
    }
}
