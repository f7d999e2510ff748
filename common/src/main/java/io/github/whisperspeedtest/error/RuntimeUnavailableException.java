package io.github.whisperspeedtest.error;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A native library that cannot be used here; says apart what is wrong and what helps against just that. */
public class RuntimeUnavailableException extends EngineUnavailableException {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final String remedy;

    /**
     * Creates an exception with both.
     *
     * @param reason what is wrong, without a full stop
     * @param remedy what to do, as a sentence
     * @param cause the failure that set it off, or null
     */
    public RuntimeUnavailableException(String reason, String remedy, @Nullable Throwable cause) {
        super(reason + ". " + remedy, cause);
        this.reason = Objects.requireNonNull(reason, "reason");
        this.remedy = Objects.requireNonNull(remedy, "remedy");
    }

    /** Returns what is wrong, without a full stop. */
    public String reason() {
        return reason;
    }

    /** Returns what to do, as a sentence. */
    public String remedy() {
        return remedy;
    }
}
