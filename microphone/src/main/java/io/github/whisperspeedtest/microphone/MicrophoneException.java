package io.github.whisperspeedtest.microphone;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import org.jspecify.annotations.Nullable;

/** Signals a microphone that is missing, cannot be opened, or has stopped. */
public class MicrophoneException extends WhisperSpeedtestException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that ends with the next step. */
    public MicrophoneException(String message) {
        this(message, null);
    }

    /** Creates an exception with its underlying cause. */
    public MicrophoneException(String message, @Nullable Throwable cause) {
        super(ErrorKind.ENVIRONMENT, message, cause);
    }
}
