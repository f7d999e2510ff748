package io.github.whisperspeedtest.verify;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The result of reading or loading files.
 *
 * @param status {@code COMPLETE}, {@code INCOMPLETE} or {@code NOT_CHECKABLE}
 * @param problem kind of problem, null if none
 * @param reason explanation for the user in full sentences
 * @param runtime the engine that loaded the model, null if none did
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
     * Returns whether the same files would give the same result later.
     *
     * <p>A timeout depends on the load of the machine, exhausted memory depends on other programs, and a missing
     * engine may be installed later. So only verdicts about the files themselves are cached. A crash counts as one.
     */
    boolean isCacheable() {
        return status != Verdict.Status.NOT_CHECKABLE && problem != Verdict.Problem.TIMED_OUT;
    }
}
