package io.github.whisperspeedtest.process;

import io.github.whisperspeedtest.error.ErrorKind;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a task in a child JVM ended.
 *
 * @param <O> what the task returns
 */
public sealed interface ChildOutcome<O> {
    /** Returns what the child cost. */
    ProcessStats stats();

    /** Returns how it ended as one line for a report. */
    String describe();

    /** Returns what the function for its kind makes of this outcome. */
    <R> R fold(
            Function<? super Completed<O>, ? extends R> completed,
            Function<? super Failed<O>, ? extends R> failed,
            Function<? super Crashed<O>, ? extends R> crashed,
            Function<? super TimedOut<O>, ? extends R> timedOut);

    /**
     * The task returned.
     *
     * @param value what it returned, null only where that is what it returned
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
     * The task threw an exception, or the child could not begin it.
     *
     * @param kind who can mend it
     * @param message what failed and what to do, as the exception says it
     * @param details the stack trace, empty where there is none
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
     * The child ended and left neither a result nor an exception.
     *
     * @param exitCode its exit code; 128 + n where signal n ended it
     * @param signal name of that signal such as {@code SIGABRT}, or of the one that the JVM itself caught; null where
     *     there is none to be derived
     * @param nativeMessage the telling lines that it printed last, empty where it printed none
     */
    record Crashed<O>(int exitCode, @Nullable String signal, String nativeMessage, ProcessStats stats)
            implements ChildOutcome<O> {
        /** Checks that nothing but the signal is null. */
        public Crashed {
            Objects.requireNonNull(nativeMessage, "nativeMessage");
            Objects.requireNonNull(stats, "stats");
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
     * The child was killed because its time was up.
     *
     * @param limit the time that it had
     * @param nativeMessage the telling lines that it printed last, empty where it printed none
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
            return "did not end within " + limit.toMillis() / 1000.0 + " s" + suffix(nativeMessage);
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
