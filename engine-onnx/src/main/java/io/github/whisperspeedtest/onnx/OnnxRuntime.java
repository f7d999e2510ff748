package io.github.whisperspeedtest.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.spi.Availability;
import org.jspecify.annotations.Nullable;

/** ONNX Runtime's native library: loaded once, or the reason why it cannot be. */
public final class OnnxRuntime {
    /** What reports call the CPU provider. */
    public static final String CPU = "CPU";

    /** What reports call the CoreML provider. */
    public static final String COREML = "CoreML";

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
                OrtEnvironment environment =
                        OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "whisper-speedtest");
                environment.setTelemetry(false);
                instance = new OnnxRuntime(environment);
            } catch (LinkageError | RuntimeException | OrtException e) {
                failure = e;
            }
        }
        if (instance == null) {
            throw new EngineUnavailableException(
                    "ONNX Runtime cannot be loaded: " + failure.getMessage() + ". " + remedy(), failure);
        }
        return instance;
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
