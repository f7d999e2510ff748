package io.github.whisperspeedtest.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.spi.Availability;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** ONNX Runtime's native library: loaded once, or the reason why it cannot be. */
public final class OnnxRuntime {
    /** What reports call the CPU provider. */
    public static final String CPU = "CPU";

    /** What reports call the CoreML provider. */
    public static final String COREML = "CoreML";

    /**
     * As it starts, version 1.29 for Linux matches the process's command line with a recursive expression, which takes stack for each
     * character: a class path of some thousand of them ends the process on a thread of the usual size. Only what is used is taken.
     */
    private static final long STARTING_STACK_BYTES = 512L << 20;

    private static @Nullable OnnxRuntime instance;
    private static @Nullable Throwable failure;

    private final OrtEnvironment environment;

    private OnnxRuntime(OrtEnvironment environment) {
        this.environment = environment;
    }

    /**
     * Returns the library, loading it where nobody has.
     *
     * @throws EngineUnavailableException if it cannot be loaded here
     */
    public static synchronized OnnxRuntime get() {
        if (instance == null && failure == null) {
            try {
                instance = new OnnxRuntime(start());
            } catch (ExecutionException e) {
                failure = e.getCause();
            }
        }
        if (instance == null) {
            throw new EngineUnavailableException(
                    "ONNX Runtime cannot be loaded: " + failure.getMessage() + ". " + remedy(), failure);
        }
        return instance;
    }

    /** Starts the library on a thread of its own; an interruption does not end the wait, and is not lost. */
    private static OrtEnvironment start() throws ExecutionException {
        FutureTask<OrtEnvironment> task = new FutureTask<>(() -> {
            OrtEnvironment environment =
                    OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "whisper-speedtest");
            environment.setTelemetry(false);
            return environment;
        });
        new Thread(null, task, "onnxruntime-start", STARTING_STACK_BYTES).start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Returns whether the library can be used here, and what a network would compute on.
     *
     * @param coreMl whether CoreML is used where there is one
     */
    public static Availability availability(boolean coreMl) {
        try {
            OnnxRuntime runtime = get();
            boolean hasCoreMl = coreMl && runtime.hasCoreMl();
            return new Availability.Available(runtime.version(), hasCoreMl ? COREML : CPU, coreMl && !hasCoreMl);
        } catch (EngineUnavailableException e) {
            return new Availability.Unavailable(
                    "ONNX Runtime cannot be loaded: " + (failure == null ? e.getMessage() : failure.getMessage()),
                    remedy());
        }
    }

    private static String remedy() {
        return "It runs on Linux (x86-64, ARM64; glibc 2.28 or later), macOS (ARM64) and Windows (x86-64); where the"
                + " temporary directory forbids execution, set -Djava.io.tmpdir to another.";
    }

    /** Returns the name and version, such as {@code ONNX Runtime 1.29.0}. */
    public String version() {
        return "ONNX Runtime " + environment.getVersion();
    }

    /** Returns whether this build of the library has Apple's CoreML provider. */
    public boolean hasCoreMl() {
        return OrtEnvironment.getAvailableProviders().contains(OrtProvider.CORE_ML);
    }

    OrtEnvironment environment() {
        return environment;
    }
}
