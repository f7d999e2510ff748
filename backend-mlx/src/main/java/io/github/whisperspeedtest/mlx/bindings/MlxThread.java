package io.github.whisperspeedtest.mlx.bindings;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * The single thread that calls MLX.
 *
 * <p>Since 0.31, streams and compiled functions belong to the thread that created them: MLX rejects arrays of another
 * thread's stream, and each new thread would leak a stream with its own thread.
 */
final class MlxThread {
    private final ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "mlx");
        thread.setDaemon(true);
        return thread;
    });
    private final Thread thread;

    MlxThread() {
        thread = await(executor.submit(Thread::currentThread));
    }

    /**
     * Runs a task on that thread and returns its result. An interrupt does not end the wait; the interrupt status is
     * restored.
     */
    <T> T call(Supplier<T> task) {
        return Thread.currentThread() == thread ? task.get() : await(executor.submit(task::get));
    }

    private static <T> T await(Future<T> future) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw unwrapped(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException unwrapped(Throwable failure) {
        if (failure instanceof RuntimeException exception) {
            return exception;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        throw new IllegalStateException(failure);
    }
}
