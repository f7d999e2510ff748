package io.github.whisperspeedtest.mlx.bindings;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * The one thread that calls MLX.
 *
 * <p>Since 0.31 MLX keeps what belongs to a stream, and what it has compiled, for the thread that made it: an array that is to be
 * computed on another one's stream is refused, and every new thread would leave a stream with a thread of its own behind.
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

    /** Runs a task there and returns what it returns; an interruption does not end the wait, and is not lost. */
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
