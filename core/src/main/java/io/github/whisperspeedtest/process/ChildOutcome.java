package io.github.whisperspeedtest.process;

import io.github.whisperspeedtest.error.ErrorKind;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a task in a child JVM ended.
 *
 * @param <O> the output of the task
 */
public sealed interface ChildOutcome<O> {
    /** Returns the time and memory that the child used. */
    ProcessStats stats();

    /** Returns a one-line description for a report. */
    String describe();

    /** Calls the function for this kind of outcome and returns its result. */
    <R> R fold(
            Function<? super Completed<O>, ? extends R> completed,
            Function<? super Failed<O>, ? extends R> failed,
            Function<? super Crashed<O>, ? extends R> crashed,
            Function<? super TimedOut<O>, ? extends R> timedOut);

    /**
     * The task returned.
     *
     * @param value the output, null only if the task returned null
     */
    record Completed<O>(O value, ProcessStats stats) implements ChildOutcome<O> {
        @Override
        public String describe() {
            return "completed";
        }

        @Override
        public <R> R fold(
                Function<? super Completed<O>, ? extends R> completed,
                Function<? super Failed<O>, ? extends R> failed,
                Function<? super Crashed<O>, ? extends R> crashed,
                Function<? super TimedOut<O>, ? extends R> timedOut) {
            return completed.apply(this);
        }
    }

    /**
     * The task threw an exception, or the child could not start it.
     *
     * @param kind category of the failure
     * @param message the exception's message: what failed and what to do
     * @param details the stack trace, empty if there is none
     */
    record Failed<O>(ErrorKind kind, String message, String details, ProcessStats stats) implements ChildOutcome<O> {
        /** Checks that nothing is null. */
        public Failed {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(message, "message");
            Objects.requireNonNull(details, "details");
            Objects.requireNonNull(stats, "stats");
        }

        @Override
        public String describe() {
            return message;
        }

        @Override
        public <R> R fold(
                Function<? super Completed<O>, ? extends R> completed,
                Function<? super Failed<O>, ? extends R> failed,
                Function<? super Crashed<O>, ? extends R> crashed,
                Function<? super TimedOut<O>, ? extends R> timedOut) {
            return failed.apply(this);
        }
    }

    /**
     * The child ended without a result or an exception.
     *
     * @param exitCode its exit code; 128 + n if signal n ended it
     * @param signal name of that signal, such as {@code SIGABRT}, or of the signal that the JVM caught; null if unknown
     * @param nativeMessage the last informative lines of its output, empty if there are none
     */
    record Crashed<O>(int exitCode, @Nullable String signal, String nativeMessage, ProcessStats stats)
            implements ChildOutcome<O> {
        /** Checks that nothing but the signal is null. */
        public Crashed {
            Objects.requireNonNull(nativeMessage, "nativeMessage");
            Objects.requireNonNull(stats, "stats");
        }

        /** Returns whether SIGKILL ended the child, which the kernel's out-of-memory killer sends. */
        public boolean wasKilled() {
            return ExitCodes.isKill(exitCode);
        }

        @Override
        public String describe() {
            String how = signal == null ? "ended unexpectedly" : "crashed with " + signal;
            return how + " (exit code " + exitCode + ")" + suffix(nativeMessage);
        }

        @Override
        public <R> R fold(
                Function<? super Completed<O>, ? extends R> completed,
                Function<? super Failed<O>, ? extends R> failed,
                Function<? super Crashed<O>, ? extends R> crashed,
                Function<? super TimedOut<O>, ? extends R> timedOut) {
            return crashed.apply(this);
        }
    }

    /**
     * The child was killed because it exceeded the time limit.
     *
     * @param limit the time limit
     * @param nativeMessage the last informative lines of its output, empty if there are none
     */
    record TimedOut<O>(Duration limit, String nativeMessage, ProcessStats stats) implements ChildOutcome<O> {
        /** Checks that nothing is null. */
        public TimedOut {
            Objects.requireNonNull(limit, "limit");
            Objects.requireNonNull(nativeMessage, "nativeMessage");
            Objects.requireNonNull(stats, "stats");
        }

        @Override
        public String describe() {
            return "did not finish within " + limit.toMillis() / 1000.0 + " s" + suffix(nativeMessage);
        }

        @Override
        public <R> R fold(
                Function<? super Completed<O>, ? extends R> completed,
                Function<? super Failed<O>, ? extends R> failed,
                Function<? super Crashed<O>, ? extends R> crashed,
                Function<? super TimedOut<O>, ? extends R> timedOut) {
            return timedOut.apply(this);
        }
    }

    private static String suffix(String nativeMessage) {
        return nativeMessage.isEmpty() ? "" : ": " + nativeMessage.replace("\n", " / ");
    }
}
