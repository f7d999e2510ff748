package io.github.whisperspeedtest.registry;

import io.github.whisperspeedtest.error.Problem;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A provider on the class path that cannot be used.
 *
 * @param provider name of the provider's class, or {@link #UNKNOWN}
 * @param location the jar or directory of the provider, null if unknown
 * @param problem the cause and the remedy, as sentences
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

    /** Returns the provider and its jar or directory. */
    public String subject() {
        return provider + (location == null ? "" : " in " + location);
    }

    /** Returns the subject and the problem as one line. */
    public String describe() {
        return subject() + ": " + problem.describe();
    }
}
