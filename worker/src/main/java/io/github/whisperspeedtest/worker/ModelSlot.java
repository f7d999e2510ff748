package io.github.whisperspeedtest.worker;

import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelFiles;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What waits for a model, and its workers. Guarded by the lock of the {@link Dispatcher}. */
final class ModelSlot {
    /** After so many failures in a row, requests no longer wait for another attempt. */
    static final int MAX_FAILURES = 3;

    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(30);

    final ServedModel model;
    final Implementation implementation;
    final Deque<QueuedJob> jobs = new ArrayDeque<>();
    final Deque<LiveCall> streams = new ArrayDeque<>();
    final List<Worker> workers = new ArrayList<>();

    /** Null until the files are found, and again after a failure, which the user may have mended. */
    @Nullable
    ModelFiles files;

    boolean preparing;

    /** Whether another attempt to load the model is timed. */
    boolean retries;

    /** Estimated memory of a worker in bytes. */
    long bytes;

    /** Whether a worker is wanted although nothing waits. */
    boolean preload;

    long lastUsed = System.nanoTime();
    private int failures;
    private long notBefore = System.nanoTime();

    ModelSlot(ServedModel model, Implementation implementation) {
        this.model = model;
        this.implementation = implementation;
    }

    /** Returns the number of the oldest request that waits; the largest number if nothing waits. */
    long oldest() {
        long job = jobs.isEmpty() ? Long.MAX_VALUE : jobs.peek().id;
        long stream = streams.isEmpty() ? Long.MAX_VALUE : streams.peek().id;
        return Math.min(job, stream);
    }

    /** Returns whether anything needs a worker that is neither there nor being loaded. */
    boolean wantsWorker(int most) {
        long loading = workers.stream()
                .filter(worker -> worker.state == Worker.State.LOADING)
                .count();
        long wanted = jobs.size() + (streams.isEmpty() ? 0 : 1);
        return (wanted > loading || preload && workers.isEmpty()) && workers.size() < most;
    }

    /** Returns the time until the next attempt to load the model, 0 if it may begin. */
    long nanosToWait() {
        return Math.max(0, notBefore - System.nanoTime());
    }

    void loaded() {
        failures = 0;
        preload = false;
    }

    /**
     * Records that loading the model failed. The second attempt follows at once, later ones after 1, 2, 4 … 30 s.
     *
     * @param lasting whether another attempt would fail too, until the user changes something
     * @return whether requests should not wait for another attempt
     */
    boolean failed(boolean lasting) {
        failures = lasting ? Math.max(failures + 1, MAX_FAILURES) : failures + 1;
        long seconds = failures == 1 ? 0 : Math.min(LONGEST_BACKOFF.toSeconds(), 1L << Math.min(failures - 2, 10));
        notBefore = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        files = null;
        preload &= !isGivenUp();
        return isGivenUp();
    }

    /** Returns whether the last attempts to load the model failed, and requests do not wait for another one. */
    boolean isGivenUp() {
        return failures >= MAX_FAILURES;
    }
}
