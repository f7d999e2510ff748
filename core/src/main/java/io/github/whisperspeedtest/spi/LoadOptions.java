package io.github.whisperspeedtest.spi;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a model is to be loaded.
 *
 * @param device {@code auto} for the best there is, or a device of the implementation such as {@code cpu}, {@code gpu}
 * @param computeType {@code auto} for the model's own, or a type of the implementation such as {@code int8}
 * @param threads threads to compute with, at least 1
 * @param dumpGraph directory to write the network's graph to, in the engine's own format and for people to look at; null for not
 */
public record LoadOptions(
        String device,
        String computeType,
        int threads,
        @Nullable Path dumpGraph) {
    /** The value that leaves a choice to the implementation. */
    public static final String AUTO = "auto";

    /** Beyond the fast cores of a desktop chip more threads only wait for each other; so the default stops here. */
    private static final int MAX_DEFAULT_THREADS = 8;

    /** Checks the number of threads. */
    public LoadOptions {
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(computeType, "computeType");
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, but was " + threads);
        }
    }

    /** Creates options that leave the graph where it is. */
    public LoadOptions(String device, String computeType, int threads) {
        this(device, computeType, threads, null);
    }

    /** Returns the defaults: everything automatic, one thread per processor up to eight. */
    public static LoadOptions defaults() {
        return new LoadOptions(AUTO, AUTO, defaultThreads());
    }

    /** Returns the number of threads that is used where none is asked for. */
    public static int defaultThreads() {
        return Math.min(Runtime.getRuntime().availableProcessors(), MAX_DEFAULT_THREADS);
    }

    /** Returns these options with another number of threads. */
    public LoadOptions withThreads(int value) {
        return new LoadOptions(device, computeType, value, dumpGraph);
    }

    /** Returns these options with another device. */
    public LoadOptions withDevice(String value) {
        return new LoadOptions(value, computeType, threads, dumpGraph);
    }

    /** Returns these options with another compute type. */
    public LoadOptions withComputeType(String value) {
        return new LoadOptions(device, value, threads, dumpGraph);
    }

    /** Returns these options with another directory for the graph, null for none. */
    public LoadOptions withDumpGraph(@Nullable Path value) {
        return new LoadOptions(device, computeType, threads, value);
    }
}
