package io.github.whisperspeedtest.error;

import org.jspecify.annotations.Nullable;

/** Audio that cannot be read; the message names the file, what was expected and what was found. */
public class AudioException extends WhisperSpeedtestException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that ends with what to do next. */
    public AudioException(String message) {
        this(message, null);
    }

    /** Creates an exception with the failure that set it off. */
    public AudioException(String message, @Nullable Throwable cause) {
        super(ErrorKind.USER, message, cause);
    }
}
