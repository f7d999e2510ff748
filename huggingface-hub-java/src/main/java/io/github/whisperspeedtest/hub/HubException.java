package io.github.whisperspeedtest.hub;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The only exception of this library: what failed, why, and how to fix it.
 *
 * <p>The message is the {@linkplain #problem() problem} followed by the {@linkplain #remedy() remedy}. No message ever contains an
 * access token or a password.
 */
public final class HubException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final String problem;
    private final String remedy;
    private final @Nullable String host;

    /** The causes that a caller can handle differently. */
    public enum Reason {
        /** A name, a path or a setting is invalid; no request was made with it. */
        INVALID_INPUT,
        /** The home directory is needed and unknown. */
        NO_HOME_DIRECTORY,
        /** The hub has no such repository, revision or file, or hides it from this user. */
        NOT_FOUND,
        /** The repository is gated, and the user has not accepted its terms. */
        GATED,
        /** The access token is missing, not accepted or has too few rights. */
        UNAUTHORIZED,
        /** The server rejected the request with another status from 400 to 499. */
        REJECTED,
        /** A request is needed, but offline mode is on. */
        OFFLINE,
        /** The server cannot be connected to, or a web page was received from it instead of data; see {@link HubException#host()}. */
        UNREACHABLE,
        /** The connection or the server failed, and every retry failed, too. */
        UNAVAILABLE,
        /** The response of the server is unusable or unsafe. */
        BAD_RESPONSE,
        /** The content does not have the expected hash, even after several attempts. */
        CORRUPT,
        /** The disk failed, is full, or access to it was denied. */
        DISK,
        /** The thread was interrupted; its interrupt flag is set. */
        CANCELLED
    }

    /**
     * Creates an exception.
     *
     * @param problem what failed and why, in whole sentences
     * @param remedy what to do about it, in whole sentences; may be empty
     * @param cause the failure behind it, or null
     */
    HubException(Reason reason, String problem, String remedy, @Nullable Throwable cause) {
        this(reason, problem, remedy, null, cause);
    }

    HubException(Reason reason, String problem, String remedy) {
        this(reason, problem, remedy, null, null);
    }

    private HubException(
            Reason reason, String problem, String remedy, @Nullable String host, @Nullable Throwable cause) {
        super(remedy.isEmpty() ? problem : problem + " " + remedy, cause);
        this.reason = Objects.requireNonNull(reason, "reason");
        this.problem = problem;
        this.remedy = remedy;
        this.host = host;
    }

    static HubException unreachable(String host, String problem, String remedy, @Nullable Throwable cause) {
        return new HubException(Reason.UNREACHABLE, problem, remedy, host, cause);
    }

    /** Returns the cause that a caller can branch on. */
    public Reason reason() {
        return reason;
    }

    /** Returns what failed and why, without the remedy. */
    public String problem() {
        return problem;
    }

    /** Returns what to do about it; empty if the problem says it already. */
    public String remedy() {
        return remedy;
    }

    /** Returns the name of the server if it is {@link Reason#UNREACHABLE}; empty otherwise. */
    public Optional<String> host() {
        return Optional.ofNullable(host);
    }
}
