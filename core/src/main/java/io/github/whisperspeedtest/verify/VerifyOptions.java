package io.github.whisperspeedtest.verify;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Options for checking models.
 *
 * @param level thoroughness of the check
 * @param timeLimit maximum time for loading one model, including the start of the child JVM; null for a default by
 *     model size
 * @param caching use of cached verdicts
 */
public record VerifyOptions(VerifyLevel level, @Nullable Duration timeLimit, Caching caching) {
    /** Use of cached verdicts. */
    public enum Caching {
        /** Uses cached verdicts until something changes. */
        USE,
        /** Checks everything again and caches the verdicts. */
        REFRESH,
        /** Checks everything again and caches nothing. */
        OFF
    }

    /** Checks the time limit. */
    public VerifyOptions {
        Objects.requireNonNull(level, "level");
        Objects.requireNonNull(caching, "caching");
        if (timeLimit != null && (timeLimit.isNegative() || timeLimit.isZero())) {
            throw new IllegalArgumentException("timeLimit must be positive, but was " + timeLimit);
        }
    }

    /** Returns the defaults: load the model, time limits by size, use cached verdicts. */
    public static VerifyOptions defaults() {
        return new VerifyOptions(VerifyLevel.LOAD, null, Caching.USE);
    }

    /** Returns these options at another level. */
    public VerifyOptions withLevel(VerifyLevel value) {
        return new VerifyOptions(value, timeLimit, caching);
    }

    /** Returns these options with another time limit; null for a default by model size. */
    public VerifyOptions withTimeLimit(@Nullable Duration value) {
        return new VerifyOptions(level, value, caching);
    }

    /** Returns these options with another use of cached verdicts. */
    public VerifyOptions withCaching(Caching value) {
        return new VerifyOptions(level, timeLimit, value);
    }
}
