package io.github.whisperspeedtest.error;

import org.jspecify.annotations.Nullable;

/** A server that cannot be connected to, or sends web pages for data, so that nothing else can be fetched from it either. */
public class UnreachableHostException extends DownloadException {
    private static final long serialVersionUID = 1L;

    private final String host;

    /**
     * Creates an exception with a message that ends with what to do next.
     *
     * @param host name of the server
     * @param cause the failure that set it off, or null
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
