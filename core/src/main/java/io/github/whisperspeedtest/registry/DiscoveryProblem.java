package io.github.whisperspeedtest.registry;

import io.github.whisperspeedtest.error.Problem;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A provider on the class path that cannot be used.
 *
 * @param provider name of the provider's class, {@link #UNKNOWN} where the failure does not tell
 * @param location the jar or directory that it comes from, null where the failure does not tell
 * @param problem what is wrong and what the user can do about it, as sentences
 */
public record DiscoveryProblem(String provider, @Nullable String location, Problem problem) {
    /** The name of an unknown provider. */
    public static final String UNKNOWN = "unknown";

    /** Checks that nothing but the location is null. */
    public DiscoveryProblem {
        Objects.requireNonNull(provider, "provider");
        Objects.requireNonNull(problem, "problem");
    }

    DiscoveryProblem(String provider, @Nullable String location, String reason, String remedy) {
        this(provider, location, new Problem(reason, remedy));
    }

    /** Returns the provider and the jar or directory that it comes from. */
    public String subject() {
        return provider + (location == null ? "" : " in " + location);
    }

    /** Returns all of it as one line. */
    public String describe() {
        return subject() + ": " + problem.describe();
    }
}
