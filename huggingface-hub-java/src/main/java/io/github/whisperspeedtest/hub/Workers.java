package io.github.whisperspeedtest.hub;

import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Runs jobs on a few threads until all are done or one fails. */
final class Workers {
    private static final long STOP_SECONDS = 30;
    private static final long PAUSE_MILLIS = 100;

    private Workers() {}

    /** Something to do that takes time. */
    interface Job {
        void run() throws InterruptedException;
    }

    /**
     * Runs the jobs; none is running any more when this returns.
     *
     * @param meanwhile what this thread does again and again while it waits
     * @throws InterruptedException if the calling thread is interrupted
     * @throws RuntimeException what the first job that failed threw; the others are broken off then
     */
    static void runAll(int threads, List<Job> jobs, Runnable meanwhile) throws InterruptedException {
        if (jobs.isEmpty()) {
            return;
        }
        ExecutorService pool = Executors.newFixedThreadPool(Math.min(threads, jobs.size()), work -> {
            Thread thread = new Thread(work, "download");
            thread.setDaemon(true);
            return thread;
        });
        try {
            CompletionService<Boolean> running = new ExecutorCompletionService<>(pool);
            for (Job job : jobs) {
                running.submit(() -> {
                    job.run();
                    return true;
                });
            }
            for (int done = 0; done < jobs.size(); ) {
                Future<Boolean> ended = running.poll(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
                if (ended != null) {
                    ended.get();
                    done++;
                }
                meanwhile.run();
            }
        } catch (ExecutionException e) {
            throw failure(e.getCause() == null ? e : e.getCause());
        } finally {
            pool.shutdownNow();
            awaitEnd(pool);
        }
    }

    private static RuntimeException failure(Throwable cause) throws InterruptedException {
        if (cause instanceof InterruptedException interrupted) {
            throw interrupted;
        }
        return cause instanceof RuntimeException other ? other : new IllegalStateException(cause);
    }

    /** Waits for the threads to let go of their files, also if this thread is interrupted: they are quick to stop. */
    private static void awaitEnd(ExecutorService pool) {
        boolean interrupted = Thread.interrupted();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS);
        while (System.nanoTime() < end) {
            try {
                if (pool.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
