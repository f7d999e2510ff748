package io.github.whisperspeedtest.error;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import org.jspecify.annotations.Nullable;

/**
 * A transcription that was interrupted or whose transcriber was closed, or another long task that was interrupted, such as loading
 * or converting a model; what was found until then is lost.
 */
public class OperationCancelledException extends WhisperSpeedtestException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that ends with what to do next. */
    public OperationCancelledException(String message) {
        this(message, null);
    }

    /** Creates an exception with the failure that set it off. */
    public OperationCancelledException(String message, @Nullable Throwable cause) {
        super(ErrorKind.USER, message, cause);
    }

    /**
     * Does nothing unless a failure of the disk is really an interrupt of the thread, which looks like one; the thread stays
     * interrupted.
     *
     * @param what what was interrupted, as the start of a sentence
     * @param failure what the disk threw
     * @throws OperationCancelledException if the thread was interrupted
     */
    public static void throwIfInterrupted(String what, IOException failure) {
        if (failure instanceof ClosedByInterruptException) {
            throw new OperationCancelledException(
                    what + " was interrupted. Start it again if this was not meant.", failure);
        }
    }
}
