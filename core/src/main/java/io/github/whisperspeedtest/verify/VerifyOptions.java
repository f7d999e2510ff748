package io.github.whisperspeedtest.verify;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How models are to be checked.
 *
 * @param level how thorough
 * @param timeLimit time for loading one model, the start of its JVM included; null for one that goes by the model's size
 * @param memory what is made of verdicts of earlier runs
 */
public record VerifyOptions(VerifyLevel level, @Nullable Duration timeLimit, Memory memory) {
    /** What is made of verdicts of earlier runs. */
    public enum Memory {
        /** They hold as long as nothing has changed. */
        USE,
        /** All is checked anew and remembered. */
        REFRESH,
        /** All is checked anew, and nothing is remembered. */
        OFF
    }

    /** Checks the time limit. */
    public VerifyOptions {
        Objects.requireNonNull(level, "level");
        Objects.requireNonNull(memory, "memory");
        if (timeLimit != null && (timeLimit.isNegative() || timeLimit.isZero())) {
            throw new IllegalArgumentException("timeLimit must be longer than nothing, but was " + timeLimit);
        }
    }

    /** Returns the defaults: load, limits by size, remembered verdicts hold. */
    public static VerifyOptions defaults() {
        return new VerifyOptions(VerifyLevel.LOAD, null, Memory.USE);
    }

    /** Returns these options at another level. */
    public VerifyOptions withLevel(VerifyLevel value) {
        return new VerifyOptions(value, timeLimit, memory);
    }

    /** Returns these options with another time limit; null for one that goes by the model's size. */
    public VerifyOptions withTimeLimit(@Nullable Duration value) {
        return new VerifyOptions(level, value, memory);
    }

    /** Returns these options with another use of earlier verdicts. */
    public VerifyOptions withMemory(Memory value) {
        return new VerifyOptions(level, timeLimit, value);
    }
}
