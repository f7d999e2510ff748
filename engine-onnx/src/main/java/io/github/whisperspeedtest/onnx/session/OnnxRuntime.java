package io.github.whisperspeedtest.onnx.session;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.model.LibraryStore;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.ImplementationContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The native library of ONNX Runtime: loaded once per process; a failure is kept with its cause. */
public final class OnnxRuntime {
    /** The name of the CPU provider in reports. */
    public static final String CPU = "CPU";

    /** The name of the CoreML provider in reports. */
    public static final String COREML = "CoreML";

    /** Platforms supported by the published jar. */
    static final String PLATFORMS =
            "It runs on Linux (x86-64, ARM64; glibc 2.28 or later), macOS 14 or later (ARM64) and Windows (x86-64).";

    private static @Nullable OnnxRuntime instance;
    private static @Nullable RuntimeUnavailableException failure;

    private final OrtEnvironment environment;
    private final Path directory;
    private final Map<Boolean, ArmKernels> armKernels = new HashMap<>();

    private OnnxRuntime(OrtEnvironment environment, Path directory) {
        this.environment = environment;
        this.directory = directory;
    }

    /** Returns the names of the settings that ONNX Runtime and this class read. */
    public static List<String> settings() {
        return List.of(OnnxLibraries.DIRECTORY_PROPERTY, OnnxLibraries.NO_TELEMETRY_VARIABLE);
    }

    /**
     * Returns the library, loading it on first use.
     *
     * @param context where the library is unpacked and which settings it gets, if it is not loaded yet
     * @throws RuntimeUnavailableException if it cannot be loaded
     */
    public static synchronized OnnxRuntime start(ImplementationContext context) {
        if (failure != null) {
            throw new RuntimeUnavailableException(failure.problem(), failure);
        }
        if (instance == null) {
            try {
                instance = load(context);
            } catch (RuntimeUnavailableException e) {
                failure = e;
                throw failure;
            }
        }
        return instance;
    }

    /**
     * Returns the library that {@link #start} loaded.
     *
     * @throws IllegalStateException if it is not loaded
     */
    public static synchronized OnnxRuntime get() {
        if (instance == null) {
            throw new IllegalStateException("ONNX Runtime was not started.");
        }
        return instance;
    }

    private static OnnxRuntime load(ImplementationContext context) {
        try {
            Path directory = OnnxLibraries.find(context);
            OrtEnvironment environment = LibraryStore.withProperties(
                    Map.of(OnnxLibraries.DIRECTORY_PROPERTY, directory.toString()),
                    () -> OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "whisper-speedtest"));
            // On Windows every version has events for the system's event tracing.
            environment.setTelemetry(false);
            LastingEnvironment.keep("whisper-speedtest");
            return new OnnxRuntime(environment, directory);
        } catch (IOException | OrtException | IllegalStateException | LinkageError e) {
            throw new RuntimeUnavailableException("ONNX Runtime cannot be loaded: " + e.getMessage(), PLATFORMS, e);
        }
    }

    /**
     * Returns whether the library can be used on this machine, and the device that a network would run on.
     *
     * @param context as for {@link #start}
     * @param coreMl whether to use CoreML if available
     */
    public static Availability availability(ImplementationContext context, boolean coreMl) {
        try {
            OnnxRuntime runtime = start(context);
            boolean hasCoreMl = coreMl && runtime.hasCoreMl();
            boolean fallback = coreMl && !hasCoreMl;
            return new Availability.Available(
                    runtime.version(), hasCoreMl ? COREML : CPU, fallback, fallback ? "No CoreML here." : "");
        } catch (RuntimeUnavailableException e) {
            return new Availability.Unavailable(e.problem());
        }
    }

    /** Returns the name and version, such as {@code ONNX Runtime 1.28.0}. */
    public String version() {
        return "ONNX Runtime " + environment.getVersion();
    }

    /** Returns the commit and the type of the library's build, as far as it states them, and its execution providers. */
    public String build() {
        String providers = OrtEnvironment.getAvailableProviders().stream()
                .map(OrtProvider::getName)
                .collect(Collectors.joining(", ", "providers: ", ""));
        try {
            String info = OnnxLibraries.buildInfo(directory);
            return info.isEmpty() ? providers : info + ", " + providers;
        } catch (IOException e) {
            // It was loaded from there, so this is rare, and the providers are known all the same.
            return providers;
        }
    }

    /** Returns whether this build of the library has Apple's CoreML provider. */
    public boolean hasCoreMl() {
        return OrtEnvironment.getAvailableProviders().contains(OrtProvider.CORE_ML);
    }

    /**
     * Returns the kernels for sessions. On ARM64 the first call {@linkplain ArmKernelCheck checks} them.
     *
     * @param portable whether the user wants them without KleidiAI
     * @throws RuntimeUnavailableException if none computes correctly on this processor
     */
    public ArmKernels armKernels(boolean portable) {
        return armKernels(portable, OnnxLibraries.isArm64());
    }

    ArmKernels armKernels(boolean portable, boolean isArm64) {
        if (!isArm64) {
            return ArmKernels.CHOSEN_BY_RUNTIME;
        }
        synchronized (armKernels) {
            return armKernels.computeIfAbsent(portable, wanted -> ArmKernels.choose(wanted, this::openProducts));
        }
    }

    /** Opens the products that {@link #armKernels} checks. */
    ArmKernelCheck.Products openProducts(boolean portable) {
        return ArmKernelCheck.open(this, new ArmKernels(portable, null));
    }

    /** Returns ONNX Runtime's environment, which lives as long as the process. */
    public OrtEnvironment environment() {
        return environment;
    }
}
