package io.github.whisperspeedtest.error;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Signals a native library that cannot be used on this machine. Provides the reason and the remedy separately. */
public class RuntimeUnavailableException extends EngineUnavailableException {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final String remedy;

    /**
     * Creates an exception with a reason and a remedy.
     *
     * @param reason the reason, without a full stop
     * @param remedy the next step, as a sentence
     * @param cause the underlying cause, or null
     */
    public RuntimeUnavailableException(String reason, String remedy, @Nullable Throwable cause) {
        super(reason + ". " + remedy, cause);
        this.reason = Objects.requireNonNull(reason, "reason");
        this.remedy = Objects.requireNonNull(remedy, "remedy");
    }

    /** Returns the reason, without a full stop. */
    public String reason() {
        return reason;
    }

    /** Returns the next step, as a sentence. */
    public String remedy() {
        return remedy;
    }
}
