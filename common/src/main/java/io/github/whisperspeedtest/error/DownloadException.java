package io.github.whisperspeedtest.error;

import org.jspecify.annotations.Nullable;

/** Signals a failed download. The message names the URL, the reason and the next step. It never contains an access token. */
public class DownloadException extends WhisperSpeedtestException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception with a message that ends with the next step.
     *
     * @param kind {@link ErrorKind#USER} for a wrong name or missing permissions, {@link ErrorKind#ENVIRONMENT} for the
     *     network, the server and the disk
     */
    public DownloadException(ErrorKind kind, String message) {
        this(kind, message, null);
    }

    /** Creates an exception with its underlying cause. */
    public DownloadException(ErrorKind kind, String message, @Nullable Throwable cause) {
        super(kind, message, cause);
    }
}
