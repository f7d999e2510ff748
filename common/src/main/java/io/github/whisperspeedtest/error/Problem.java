package io.github.whisperspeedtest.error;

import java.io.Serializable;
import java.util.Objects;

/**
 * Why something cannot be used, and what the user can do about it.
 *
 * @param reason what is missing or broken
 * @param remedy what the user can do about it, as a sentence
 */
public record Problem(String reason, String remedy) implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Checks that nothing is null. */
    public Problem {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(remedy, "remedy");
    }

    /** Returns the reason, a space and the remedy. */
    public String describe() {
        return reason + " " + remedy;
    }
}
