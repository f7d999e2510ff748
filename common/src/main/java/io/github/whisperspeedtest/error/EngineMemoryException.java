package io.github.whisperspeedtest.error;

import org.jspecify.annotations.Nullable;

/**
 * An engine that ran out of memory while it transcribed; the model stays usable, and with less to do at once the same work may fit.
 */
public class EngineMemoryException extends EngineException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that ends with what to do next. */
    public EngineMemoryException(String message) {
        this(message, null);
    }

    /** Creates an exception with the failure that set it off. */
    public EngineMemoryException(String message, @Nullable Throwable cause) {
        super(ErrorKind.ENVIRONMENT, message, cause);
    }
}
