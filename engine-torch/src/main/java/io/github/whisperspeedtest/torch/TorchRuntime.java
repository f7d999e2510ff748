package io.github.whisperspeedtest.torch;

import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtEngine;
import ai.djl.pytorch.jni.JniUtils;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.model.LibraryStore;
import io.github.whisperspeedtest.spi.Availability;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * PyTorch through DJL: started once per process; a failure is kept with its reason.
 *
 * <p>Nothing is downloaded and no telemetry is sent. DJL's telemetry opt-out stays set in this process; other system
 * properties that are set while DJL starts are restored.
 */
public final class TorchRuntime {
    private static @Nullable TorchRuntime instance;
    private static @Nullable RuntimeUnavailableException failure;

    private final Engine engine;

    private TorchRuntime(Engine engine) {
        this.engine = engine;
    }

    /**
     * Returns the engine, and starts it on the first call. On the first run on a machine its libraries are unpacked.
     *
     * @throws RuntimeUnavailableException if PyTorch cannot be used on this machine
     */
    public static synchronized TorchRuntime start() {
        if (failure != null) {
            throw new RuntimeUnavailableException(failure.reason(), failure.remedy(), failure);
        }
        if (instance == null) {
            try {
                instance = new TorchRuntime(startEngine());
            } catch (RuntimeUnavailableException e) {
                failure = e;
                throw failure;
            }
        }
        return instance;
    }

    /**
     * Returns whether the engine can be used on this machine, and the device that a network would run on.
     *
     * @param meantFor the devices that an implementation targets
     */
    public static Availability availability(Set<TorchDevice> meantFor) {
        try {
            TorchRuntime runtime = start();
            TorchDevice device = TorchDevice.best();
            return new Availability.Available(runtime.version(), device.description(), !meantFor.contains(device));
        } catch (RuntimeUnavailableException e) {
            return new Availability.Unavailable(e.reason(), e.remedy());
        }
    }

    /** Returns the libraries with which the user replaced those on the class path, usually none. Does not start PyTorch. */
    public static List<Path> ownLibraries() {
        return TorchLibraries.ownFiles();
    }

    private static Engine startEngine() {
        // Stays set: DJL reads it whenever its engine class is first used.
        System.setProperty("OPT_OUT_TRACKING", "true");
        // DJL detects the CUDA version through JNA.
        LibraryStore.prepareJna();
        Map<String, @Nullable String> before = set(Map.of("ai.djl.offline", "true"));
        // DJL finds its engines and libraries through this class loader.
        Thread thread = Thread.currentThread();
        ClassLoader loader = thread.getContextClassLoader();
        thread.setContextClassLoader(TorchRuntime.class.getClassLoader());
        String remedy = "Put ai.djl:api and ai.djl.pytorch:pytorch-engine on the class path, whole and of one version.";
        try {
            TorchLibraries libraries = TorchLibraries.find();
            remedy = libraries.remedy();
            before.putAll(set(libraries.settings()));
            return Engine.getEngine(PtEngine.ENGINE_NAME);
        } catch (RuntimeUnavailableException | VirtualMachineError e) {
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            throw new RuntimeUnavailableException("PyTorch cannot be started: " + message(e), remedy, e);
        } finally {
            set(before);
            thread.setContextClassLoader(loader);
        }
    }

    /** Sets system properties, removes those whose value is null, and returns the previous values. */
    private static Map<String, @Nullable String> set(Map<String, ? extends @Nullable String> values) {
        Map<String, @Nullable String> before = new HashMap<>();
        values.forEach((name, value) -> {
            before.put(name, System.getProperty(name));
            if (value == null) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, value);
            }
        });
        return before;
    }

    private static String message(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName() + ": " + root.getMessage();
    }

    /** Returns the name and version, such as {@code PyTorch 2.7.1 (DJL 0.35.1)}. */
    public String version() {
        return "PyTorch " + engine.getVersion() + " (DJL " + Engine.getDjlVersion() + ")";
    }

    /** Returns DJL's engine. */
    public Engine engine() {
        return engine;
    }

    /**
     * Sets the number of compute threads for calls from the current thread.
     *
     * <p>PyTorch stores the number per thread, and a new thread inherits the last number set by any thread. Therefore
     * set it on the calling thread before each call; this is free if the number is unchanged.
     *
     * <p>The threads belong to OpenMP. After a call they spin for some milliseconds while waiting for the next one,
     * unless an environment variable disables it; {@link io.github.whisperspeedtest.process.ChildJvm} sets it.
     */
    public void setThreads(int threads) {
        // Setting it discards the data that oneDNN has prepared.
        if (JniUtils.getNumThreads() != threads) {
            JniUtils.setNumThreads(threads);
        }
    }
}
