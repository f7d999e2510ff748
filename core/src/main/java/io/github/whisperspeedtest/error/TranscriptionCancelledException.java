package io.github.whisperspeedtest.error;

import org.jspecify.annotations.Nullable;

/** A transcription that was interrupted or whose transcriber was closed; what was found until then is lost. */
public class TranscriptionCancelledException extends WhisperSpeedtestException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that ends with what to do next. */
    public TranscriptionCancelledException(String message) {
        this(message, null);
    }

    /** Creates an exception with the failure that set it off. */
    public TranscriptionCancelledException(String message, @Nullable Throwable cause) {
        super(ErrorKind.USER, message, cause);
    }
}
