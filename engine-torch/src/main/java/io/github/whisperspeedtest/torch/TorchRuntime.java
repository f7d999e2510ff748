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
 * PyTorch, run by DJL: started once per process, or the reason why it cannot be.
 *
 * <p>Nothing is downloaded, and nobody is called home. DJL's switch against its telemetry stays on in this process; what else DJL is told
 * through system properties while it starts is taken back.
 */
public final class TorchRuntime {
    private static @Nullable TorchRuntime instance;
    private static @Nullable RuntimeUnavailableException failure;

    private final Engine engine;

    private TorchRuntime(Engine engine) {
        this.engine = engine;
    }

    /**
     * Returns the engine, starting it where nobody has. The first time on a machine its libraries are unpacked.
     *
     * @throws RuntimeUnavailableException if it cannot be used here
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
     * Returns whether the engine can be used here, and what a network would compute on.
     *
     * @param meantFor the devices that an implementation is there for
     */
    public static Availability availability(Set<TorchDevice> meantFor) {
        try {
            TorchRuntime runtime = start();
            TorchDevice device = TorchDevice.best();
            boolean fallback = !meantFor.contains(device);
            return new Availability.Available(
                    runtime.version(), device.description(), fallback, fallback ? "No GPU for PyTorch here." : "");
        } catch (RuntimeUnavailableException e) {
            return new Availability.Unavailable(e.reason(), e.remedy());
        }
    }

    /** Returns the libraries that the user put in the place of those on the class path, mostly none; starts nothing. */
    public static List<Path> ownLibraries() {
        return TorchLibraries.ownFiles();
    }

    private static Engine startEngine() {
        // Stays: DJL asks for it whenever its class of engines is first used, whoever does that.
        System.setProperty("OPT_OUT_TRACKING", "true");
        // DJL asks for CUDA's version through JNA.
        LibraryStore.prepareJna();
        Map<String, @Nullable String> before = set(Map.of("ai.djl.offline", "true"));
        // DJL looks for its engines and their libraries through this loader.
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

    /** Sets system properties, removing those whose value is null, and returns what they were. */
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
     * Sets how many threads compute what the calling thread asks for.
     *
     * <p>PyTorch keeps the number for each thread, and a thread that it sees for the first time takes the last number set by any. So
     * whoever calls PyTorch sets it on that very thread, before each call; that costs nothing where it is the same.
     *
     * <p>The threads are those of OpenMP. After a call they wait for the next one for some milliseconds without giving up their
     * processor, unless an environment variable says otherwise; {@link io.github.whisperspeedtest.process.ChildJvm} sets it.
     */
    public void setThreads(int threads) {
        // Setting it throws away what oneDNN has prepared.
        if (JniUtils.getNumThreads() != threads) {
            JniUtils.setNumThreads(threads);
        }
    }
}
