package io.github.whisperspeedtest.whispercpp;

import io.github.whisperspeedtest.error.EngineUnavailableException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The native library cannot be used here; says apart what is wrong and what helps against just that. */
final class RuntimeUnavailableException extends EngineUnavailableException {
    private static final long serialVersionUID = 1;

    private final String reason;
    private final String remedy;

    /** Takes what is wrong, without a full stop, and what to do, as a sentence. */
    RuntimeUnavailableException(String reason, String remedy, @Nullable Throwable cause) {
        super(reason + ". " + remedy, cause);
        this.reason = Objects.requireNonNull(reason, "reason");
        this.remedy = Objects.requireNonNull(remedy, "remedy");
    }

    String reason() {
        return reason;
    }

    String remedy() {
        return remedy;
    }
}
