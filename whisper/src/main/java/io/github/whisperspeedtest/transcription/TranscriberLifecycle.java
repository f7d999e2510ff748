package io.github.whisperspeedtest.transcription;

import io.github.whisperspeedtest.lifecycle.RunningCalls;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Lets the calls of one {@link Transcriber} take turns, and closes it once: the running call is cancelled, the engine is freed when the
 * call has ended, and later calls are refused.
 *
 * <p>The end of the JVM cancels the running call too.
 */
public final class TranscriberLifecycle {
    private final Runnable cancel;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean closing;
    private volatile boolean cancelled;
    private boolean freed;

    /** Creates the lifecycle of a transcriber whose calls look at {@link #isCancelled}. */
    public TranscriberLifecycle() {
        this(() -> {});
    }

    /**
     * Creates the lifecycle of a transcriber.
     *
     * @param cancel tells the engine that the running call must return soon; runs on any thread, at any time, also when no call runs
     */
    public TranscriberLifecycle(Runnable cancel) {
        this.cancel = cancel;
    }

    /**
     * Runs a call when no other one runs.
     *
     * @throws IllegalStateException if the transcriber is closed
     * @throws io.github.whisperspeedtest.error.OperationCancelledException if this JVM is ending
     */
    public <T> T call(Supplier<T> work) {
        lock.lock();
        try {
            if (closing) {
                throw new IllegalStateException("This transcriber is closed; load the model again.");
            }
            return RunningCalls.run(this::cancelCall, work);
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether the running call must end: the transcriber is closed, or this JVM is ending. */
    public boolean isCancelled() {
        return cancelled;
    }

    /**
     * Cancels the running call, waits for its end, and frees the engine; does so once.
     *
     * @param free frees the engine; runs while no call runs
     * @throws IllegalStateException if this thread is in a call, as a listener is
     */
    public void close(Runnable free) {
        if (lock.isHeldByCurrentThread()) {
            throw new IllegalStateException("A listener must not close the transcriber that calls it.");
        }
        closing = true;
        cancelCall();
        lock.lock();
        try {
            if (!freed) {
                freed = true;
                free.run();
            }
        } finally {
            lock.unlock();
        }
    }

    private void cancelCall() {
        cancelled = true;
        cancel.run();
    }
}
