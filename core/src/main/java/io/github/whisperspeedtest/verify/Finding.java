package io.github.whisperspeedtest.verify;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What reading or loading files came to.
 *
 * @param status {@code COMPLETE}, {@code INCOMPLETE} or {@code NOT_CHECKABLE}
 * @param problem what kind of trouble there is, null where there is none
 * @param reason sentences for the user
 * @param runtime the engine that loaded the model, null where none did
 */
record Finding(
        Verdict.Status status,
        Verdict.@Nullable Problem problem,
        String reason,
        @Nullable String runtime) {
    Finding {
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(reason, "reason");
    }

    static Finding complete(String reason, @Nullable String runtime) {
        return new Finding(Verdict.Status.COMPLETE, null, reason, runtime);
    }

    static Finding incomplete(Verdict.Problem problem, String reason) {
        return new Finding(Verdict.Status.INCOMPLETE, problem, reason, null);
    }

    static Finding notCheckable(Verdict.Problem problem, String reason) {
        return new Finding(Verdict.Status.NOT_CHECKABLE, problem, reason, null);
    }

    /**
     * Returns whether the same files would come to the same on another day.
     *
     * <p>A time limit depends on how busy the machine is, memory on what else runs, and an engine may be installed meanwhile;
     * so only verdicts about the files themselves are remembered. A crash is one.
     */
    boolean isLasting() {
        return status != Verdict.Status.NOT_CHECKABLE && problem != Verdict.Problem.TIMED_OUT;
    }
}
