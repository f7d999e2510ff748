package io.github.whisperspeedtest.worker;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the main thread of a {@link WorkerTask} works on, so that another thread can cancel it.
 *
 * <p>Only the main thread calls {@link #await}, {@link #begin}, {@link #end} and {@link #clear}.
 */
final class RunningJobs {
    private final Thread runner;
    private final Set<Long> cancelled = new HashSet<>();
    private WorkerCommand.@Nullable Transcribe command;
    private Set<Long> atWork = Set.of();
    private @Nullable Error fatal;
    private boolean finished;

    /** Creates the jobs of a thread. */
    RunningJobs(Thread runner) {
        this.runner = runner;
    }

    /** Passes recordings to the main thread, which has none. */
    synchronized void add(WorkerCommand.Transcribe transcribe) {
        command = transcribe;
        notifyAll();
    }

    /** Waits for recordings; throws what {@link #abort} was called with. Returns null after {@link #finish}. */
    synchronized WorkerCommand.@Nullable Transcribe await() throws InterruptedException {
        WorkerCommand.Transcribe next = command;
        while (next == null && !finished) {
            if (fatal != null) {
                throw fatal;
            }
            wait();
            next = command;
        }
        return next;
    }

    /** Cancels a job. Work on several jobs goes on until all of them are cancelled. */
    synchronized void cancel(long job) {
        if (command != null
                && command.recordings().stream().anyMatch(item -> item.job() == job)
                && cancelled.add(job)) {
            interruptIfUnwanted();
        }
    }

    /** Interrupts the present work, and makes {@link #await} return null after it. */
    synchronized void finish() {
        finished = true;
        interruptIfUnwanted();
        notifyAll();
    }

    /** Makes {@link #await} throw, after the present work. */
    synchronized void abort(Error error) {
        fatal = error;
        notifyAll();
    }

    /** Begins work on some jobs, which their cancellation interrupts from now on, also at once. */
    synchronized void begin(Collection<Long> jobs) {
        atWork = Set.copyOf(jobs);
        interruptIfUnwanted();
    }

    /** Begins work on a job. */
    void begin(long job) {
        begin(List.of(job));
    }

    /** Ends the work; no later cancellation interrupts the main thread. */
    synchronized void end() {
        atWork = Set.of();
        // The interrupt may have come after the last look at it.
        Thread.interrupted();
    }

    /** Forgets the recordings, whose jobs have all ended; throws what {@link #abort} was called with, before the parent sends others. */
    synchronized void clear() {
        if (fatal != null) {
            throw fatal;
        }
        command = null;
        cancelled.clear();
    }

    private void interruptIfUnwanted() {
        if (!atWork.isEmpty() && (finished || cancelled.containsAll(atWork))) {
            runner.interrupt();
        }
    }
}
