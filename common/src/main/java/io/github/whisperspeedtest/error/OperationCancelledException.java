package io.github.whisperspeedtest.error;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Signals an interrupted operation, such as transcribing, loading or converting, or a transcriber that was closed
 * during a transcription. Partial results are lost.
 */
public class OperationCancelledException extends WhisperSpeedtestException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that ends with the next step. */
    public OperationCancelledException(String message) {
        this(message, null);
    }

    /** Creates an exception with its underlying cause. */
    public OperationCancelledException(String message, @Nullable Throwable cause) {
        super(ErrorKind.USER, message, cause);
    }

    /**
     * Throws if an I/O failure was caused by an interrupt of the thread. The interrupt status of the thread remains
     * set.
     *
     * @param what the interrupted operation, as the start of a sentence
     * @param failure the I/O failure
     * @throws OperationCancelledException if the thread was interrupted
     */
    public static void throwIfInterrupted(String what, IOException failure) {
        if (failure instanceof ClosedByInterruptException) {
            throw new OperationCancelledException(
                    what + " was interrupted. Start it again if this was unintended.", failure);
        }
    }
}
