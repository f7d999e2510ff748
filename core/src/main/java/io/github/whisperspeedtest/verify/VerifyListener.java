package io.github.whisperspeedtest.verify;

/** Is told how checking gets on; from any thread, but never of two things at once. */
public interface VerifyListener {
    /** Wants to know nothing. */
    VerifyListener NONE = new VerifyListener() {};

    /** A check has begun. */
    default void onStart(VerifyRequest request) {}

    /** A check has ended. */
    default void onVerdict(VerifyRequest request, Verdict verdict) {}
}
