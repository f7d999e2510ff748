package io.github.whisperspeedtest.error;

import org.jspecify.annotations.Nullable;

/** A file that could not be fetched; the message says from where, why, and what to do. It never holds an access token. */
public class DownloadException extends WhisperSpeedtestException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception with a message that ends with what to do next.
     *
     * @param kind {@link ErrorKind#USER} for a wrong name or missing rights, {@link ErrorKind#ENVIRONMENT} for the
     *     network, the server and the disk
     */
    public DownloadException(ErrorKind kind, String message) {
        this(kind, message, null);
    }

    /** Creates an exception with the failure that set it off. */
    public DownloadException(ErrorKind kind, String message, @Nullable Throwable cause) {
        super(kind, message, cause);
    }
}
