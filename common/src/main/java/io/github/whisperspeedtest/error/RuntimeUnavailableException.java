package io.github.whisperspeedtest.error;

import org.jspecify.annotations.Nullable;

/** Signals a native library that cannot be used on this machine. Provides the reason and the remedy separately. */
public class RuntimeUnavailableException extends EngineUnavailableException {
    private static final long serialVersionUID = 1L;

    private final Problem problem;

    /**
     * Creates an exception with a reason and a remedy.
     *
     * @param reason the reason, without a full stop
     * @param remedy the next step, as a sentence
     * @param cause the underlying cause, or null
     */
    public RuntimeUnavailableException(String reason, String remedy, @Nullable Throwable cause) {
        this(new Problem(reason, remedy), cause);
    }

    /**
     * Creates an exception for a problem.
     *
     * @param problem its reason has no full stop
     * @param cause the failure that set it off, or null
     */
    public RuntimeUnavailableException(Problem problem, @Nullable Throwable cause) {
        super(problem.reason() + ". " + problem.remedy(), cause);
        this.problem = problem;
    }

    /** Returns what is wrong, without a full stop, and what to do. */
    public Problem problem() {
        return problem;
    }

    /** Returns the reason, without a full stop. */
    public String reason() {
        return problem.reason();
    }

    /** Returns the next step, as a sentence. */
    public String remedy() {
        return problem.remedy();
    }
}
