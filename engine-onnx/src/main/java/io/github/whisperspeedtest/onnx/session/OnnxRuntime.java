package io.github.whisperspeedtest.onnx.session;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.spi.Availability;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The native library of ONNX Runtime: loaded once per process; a failure is kept with its cause. */
public final class OnnxRuntime {
    /** The name of the CPU provider in reports. */
    public static final String CPU = "CPU";

    /** The name of the CoreML provider in reports. */
    public static final String COREML = "CoreML";

    /** Platforms supported by the published jar. */
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
     * @throws RuntimeUnavailableException if it cannot be loaded
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
     * Returns whether the library can be used on this machine, and the device that a network would run on.
     *
     * @param coreMl whether to use CoreML if available
     */
    public static Availability availability(boolean coreMl) {
        try {
            OnnxRuntime runtime = get();
            boolean hasCoreMl = coreMl && runtime.hasCoreMl();
            return new Availability.Available(runtime.version(), hasCoreMl ? COREML : CPU, coreMl && !hasCoreMl);
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
