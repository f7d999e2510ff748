package io.github.whisperspeedtest.worker;

import io.github.whisperspeedtest.spi.LoadOptions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Limits of a service, and how its models are loaded.
 *
 * @param defaultModel the model that is loaded at the start and serves requests for {@code whisper-1}
 * @param allowed further models that clients may name, as {@code implementation/model}; {@code *} stands for any text without a slash
 * @param load how each worker loads its model; its threads are those of one worker, see {@link #threadsOfWorker}
 * @param workers child JVMs per model
 * @param batch the largest number of recordings that one worker transcribes at once; 1 for one after the other
 * @param queue jobs that may wait, over all models
 * @param liveStreams live streams that may be open, over all models
 * @param maxDuration the longest recording
 * @param timeLimit the longest time of a job after it left the queue, and of a load
 * @param memory bytes that all child JVMs may use together, by estimate; 0 for a share of the memory of this machine
 */
public record WorkerSettings(
        ServedModel defaultModel,
        List<String> allowed,
        LoadOptions load,
        int workers,
        int batch,
        int queue,
        int liveStreams,
        Duration maxDuration,
        Duration timeLimit,
        long memory) {
    /** Checks the values. */
    public WorkerSettings {
        Objects.requireNonNull(defaultModel, "defaultModel");
        Objects.requireNonNull(load, "load");
        Objects.requireNonNull(maxDuration, "maxDuration");
        Objects.requireNonNull(timeLimit, "timeLimit");
        allowed = List.copyOf(allowed);
        atLeast("workers", workers, 1);
        atLeast("batch", batch, 1);
        atLeast("queue", queue, 1);
        atLeast("liveStreams", liveStreams, 0);
    }

    /** Returns the defaults for a model: one worker, no batches, a queue of 32, 4 streams, 2 hours of audio, 1 hour of work. */
    public static WorkerSettings of(ServedModel defaultModel) {
        return new WorkerSettings(
                defaultModel,
                List.of(),
                LoadOptions.defaults(),
                1,
                1,
                32,
                4,
                Duration.ofHours(2),
                Duration.ofHours(1),
                0);
    }

    /** Returns the number of threads for each of the workers of a model, which divide the processors between them. */
    public static int threadsOfWorker(int workers) {
        atLeast("workers", workers, 1);
        return Math.max(1, LoadOptions.defaultThreads() / workers);
    }

    private static void atLeast(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ", but was " + value);
        }
    }
}
