package io.github.whisperspeedtest.error;

import org.jspecify.annotations.Nullable;

/**
 * Signals a server that cannot be reached, or that answers with web pages instead of data, so further requests to it
 * are pointless.
 */
public class UnreachableHostException extends DownloadException {
    private static final long serialVersionUID = 1L;

    private final String host;

    /**
     * Creates an exception with a message that ends with the next step.
     *
     * @param host name of the server
     * @param cause the underlying cause, or null
     */
    public UnreachableHostException(String host, String message, @Nullable Throwable cause) {
        super(ErrorKind.ENVIRONMENT, message, cause);
        this.host = host;
    }

    /** Returns the name of the server. */
    public String host() {
        return host;
    }
}
