package io.github.whisperspeedtest.onnx.session;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.spi.Availability;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** ONNX Runtime's native library: loaded once, or the reason why it cannot be. */
public final class OnnxRuntime {
    /** What reports call the CPU provider. */
    public static final String CPU = "CPU";

    /** What reports call the CoreML provider. */
    public static final String COREML = "CoreML";

    /** Platforms that the published jar has libraries for. */
    static final String PLATFORMS =
            "It runs on Linux (x86-64, ARM64; glibc 2.28 or later), macOS (ARM64) and Windows (x86-64).";

    private static @Nullable OnnxRuntime instance;
    private static @Nullable RuntimeUnavailableException failure;

    private final OrtEnvironment environment;

    private OnnxRuntime(OrtEnvironment environment) {
        this.environment = environment;
    }

    /**
     * Returns the library, loading it on first use.
     *
     * @throws RuntimeUnavailableException if it cannot be loaded here
     */
    public static synchronized OnnxRuntime get() {
        if (failure != null) {
            throw new RuntimeUnavailableException(failure.reason(), failure.remedy(), failure);
        }
        if (instance == null) {
            try {
                instance = new OnnxRuntime(start());
            } catch (RuntimeUnavailableException e) {
                failure = e;
                throw failure;
            }
        }
        return instance;
    }

    private static OrtEnvironment start() {
        String before = System.getProperty(OnnxLibraries.DIRECTORY_PROPERTY);
        try {
            System.setProperty(
                    OnnxLibraries.DIRECTORY_PROPERTY, OnnxLibraries.find().toString());
            OrtEnvironment environment =
                    OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "whisper-speedtest");
            // On Windows every version has events for the system's event tracing.
            environment.setTelemetry(false);
            LastingEnvironment.keep("whisper-speedtest");
            return environment;
        } catch (IOException | OrtException | IllegalStateException | LinkageError e) {
            throw new RuntimeUnavailableException("ONNX Runtime cannot be loaded: " + e.getMessage(), PLATFORMS, e);
        } finally {
            if (before == null) {
                System.clearProperty(OnnxLibraries.DIRECTORY_PROPERTY);
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
            boolean fallback = coreMl && !hasCoreMl;
            return new Availability.Available(
                    runtime.version(), hasCoreMl ? COREML : CPU, fallback, fallback ? "No CoreML here." : "");
        } catch (RuntimeUnavailableException e) {
            return new Availability.Unavailable(e.reason(), e.remedy());
        }
    }

    /** Returns the name and version, such as {@code ONNX Runtime 1.28.0}. */
    public String version() {
        return "ONNX Runtime " + environment.getVersion();
    }

    /** Returns whether this build of the library has Apple's CoreML provider. */
    public boolean hasCoreMl() {
        return OrtEnvironment.getAvailableProviders().contains(OrtProvider.CORE_ML);
    }

    public OrtEnvironment environment() {
        return environment;
    }
}
