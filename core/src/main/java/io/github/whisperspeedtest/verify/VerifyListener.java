package io.github.whisperspeedtest.verify;

/** Receives the progress of checks. Called from any thread, but never concurrently. */
public interface VerifyListener {
    /** Ignores all events. */
    VerifyListener NONE = new VerifyListener() {};

    /** A check has started. */
    default void onStart(VerifyRequest request) {}

    /** A check has ended. */
    default void onVerdict(VerifyRequest request, Verdict verdict) {}
}
