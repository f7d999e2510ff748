package io.github.whisperspeedtest.spi;

import io.github.whisperspeedtest.system.HostSystem;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * Options for loading a model.
 *
 * @param device {@code auto} for the best available device, or a device of the implementation such as {@code cpu} or
 *     {@code gpu}
 * @param computeType {@code auto} for the model's own type, or a type of the implementation such as {@code int8}
 * @param threads number of compute threads, at least 1
 * @param engineOptions values of engine-specific options by {@link EngineOption} name
 */
public record LoadOptions(String device, String computeType, int threads, Map<String, String> engineOptions) {
    /** Asked for once, because macOS needs a program for the answer. */
    private static final class FastCores {
        static final OptionalInt COUNT = HostSystem.current().performanceCores();
    }

    /** Lets the implementation choose. */
    public static final String AUTO = "auto";

    /** With more threads than a desktop chip has fast cores, threads only wait for each other. */
    private static final int MAX_DEFAULT_THREADS = 8;

    /** Checks the number of threads and copies the map, keeping its order. */
    public LoadOptions {
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(computeType, "computeType");
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, but was " + threads);
        }
        engineOptions = Collections.unmodifiableMap(new LinkedHashMap<>(engineOptions));
    }

    /** Creates options without engine options. */
    public LoadOptions(String device, String computeType, int threads) {
        this(device, computeType, threads, Map.of());
    }

    /** Returns the defaults: everything automatic, {@link #defaultThreads()} threads. */
    public static LoadOptions defaults() {
        return new LoadOptions(AUTO, AUTO, defaultThreads());
    }

    /**
     * Returns the default number of threads: one per processor, or on a Mac with performance and efficiency cores one per performance core; at
     * most eight.
     *
     * <p>Engines divide the work evenly, so a thread on an efficiency core makes all others wait for it.
     */
    public static int defaultThreads() {
        return defaultThreads(Runtime.getRuntime().availableProcessors(), FastCores.COUNT);
    }

    static int defaultThreads(int processors, OptionalInt performanceCores) {
        return Math.min(Math.min(processors, performanceCores.orElse(processors)), MAX_DEFAULT_THREADS);
    }

    /** Returns these options with another number of threads. */
    public LoadOptions withThreads(int value) {
        return new LoadOptions(device, computeType, value, engineOptions);
    }

    /** Returns these options with another device. */
    public LoadOptions withDevice(String value) {
        return new LoadOptions(value, computeType, threads, engineOptions);
    }

    /** Returns these options with another compute type. */
    public LoadOptions withComputeType(String value) {
        return new LoadOptions(device, value, threads, engineOptions);
    }

    /** Returns these options with one engine option added or replaced. */
    public LoadOptions withEngineOption(String name, String value) {
        Map<String, String> all = new LinkedHashMap<>(engineOptions);
        all.put(name, value);
        return new LoadOptions(device, computeType, threads, all);
    }
}
