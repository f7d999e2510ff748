package io.github.whisperspeedtest.lifecycle;

import io.github.whisperspeedtest.error.OperationCancelledException;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Tracks running calls into native engines.
 *
 * <p>A JVM that exits does not wait for its threads, so the destructors of native libraries may free memory that a
 * running call still uses. The shutdown hook of this class cancels the calls and waits for them, for at most three
 * seconds. It does not change the exit status of the program.
 */
public final class RunningCalls {
    private static final Duration GRACE = Duration.ofSeconds(3);

    private static final Set<Call> RUNNING = Collections.newSetFromMap(new IdentityHashMap<>());
    private static boolean hooked;
    private static boolean ending;

    private RunningCalls() {}

    private record Call(Runnable cancel, Thread thread) {}

    /**
     * Calls a native engine.
     *
     * @param cancel makes the work return soon; called at most once, on another thread
     * @param work the call; returns when the engine does
     * @throws OperationCancelledException if this JVM is shutting down
     */
    public static <T> T run(Runnable cancel, Supplier<T> work) {
        Call call = new Call(cancel, Thread.currentThread());
        if (!tryAdd(call)) {
            throw new OperationCancelledException("Cannot call the engine: this JVM is shutting down.");
        }
        try {
            return work.get();
        } finally {
            end(call);
        }
    }

    private static synchronized boolean tryAdd(Call call) {
        if (!hooked && !ending) {
            try {
                Runtime.getRuntime().addShutdownHook(new Thread(RunningCalls::awaitAll, "engine-shutdown"));
                hooked = true;
            } catch (IllegalStateException e) {
                ending = true;
            }
        }
        return !ending && RUNNING.add(call);
    }

    private static synchronized void end(Call call) {
        RUNNING.remove(call);
        RunningCalls.class.notifyAll();
    }

    private static void awaitAll() {
        snapshotAtEnd().forEach(call -> call.cancel().run());
        try {
            awaitNone(System.nanoTime() + GRACE.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static synchronized List<Call> snapshotAtEnd() {
        ending = true;
        return List.copyOf(RUNNING);
    }

    private static synchronized void awaitNone(long end) throws InterruptedException {
        long left = end - System.nanoTime();
        while (left > 0 && RUNNING.stream().anyMatch(call -> !isExiting(call.thread()))) {
            RunningCalls.class.wait(Math.max(1, left / 1_000_000));
            left = end - System.nanoTime();
        }
    }

    /** A listener that exits the JVM during a call waits for this hook, so the hook must not wait for that thread. */
    private static boolean isExiting(Thread thread) {
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (frame.getClassName().equals("java.lang.Shutdown")) {
                return true;
            }
        }
        return false;
    }
}
