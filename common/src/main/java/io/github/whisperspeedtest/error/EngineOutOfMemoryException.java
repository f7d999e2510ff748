package io.github.whisperspeedtest.error;

import org.jspecify.annotations.Nullable;

/** Signals an engine that ran out of memory while transcribing. The model remains usable, and a smaller batch may succeed. */
public class EngineOutOfMemoryException extends EngineException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that ends with the next step. */
    public EngineOutOfMemoryException(String message) {
        this(message, null);
    }

    /** Creates an exception with its underlying cause. */
    public EngineOutOfMemoryException(String message, @Nullable Throwable cause) {
        super(ErrorKind.ENVIRONMENT, message, cause);
    }
}
