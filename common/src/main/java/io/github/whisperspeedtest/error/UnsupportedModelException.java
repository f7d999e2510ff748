package io.github.whisperspeedtest.error;

/**
 * Signals a model that exists but that an implementation cannot load: it is in another format, or not a Whisper model.
 */
public class UnsupportedModelException extends WhisperSpeedtestException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that ends with the next step. */
    public UnsupportedModelException(String message) {
        super(ErrorKind.USER, message, null);
    }
}
