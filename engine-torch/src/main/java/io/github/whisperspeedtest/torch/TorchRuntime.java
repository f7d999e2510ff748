package io.github.whisperspeedtest.torch;

import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtEngine;
import ai.djl.pytorch.jni.JniUtils;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.model.LibraryStore;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.ImplementationContext;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * PyTorch through DJL: started once per process; a failure is kept with its reason.
 *
 * <p>Nothing is downloaded, and nothing is reported to a server. The system properties that tell DJL so are set while it starts.
 */
final class TorchRuntime implements TorchMachine {
    /** DJL downloads nothing, and its telemetry, for which it asks when its class of engines is first used, is off. */
    private static final Map<String, String> PRIVATE = Map.of("ai.djl.offline", "true", "OPT_OUT_TRACKING", "true");

    private static @Nullable TorchRuntime instance;
    private static @Nullable RuntimeUnavailableException failure;

    private final Engine engine;
    private final TorchDevices devices;
    private final WeightLayoutTrial layouts;
    private @Nullable Optional<String> int8Problem;

    private TorchRuntime(Engine engine, ImplementationContext context) {
        this.engine = engine;
        String identity = version() + ", " + build();
        DeviceProbe probe = new DeviceProbe(context, identity);
        layouts = new WeightLayoutTrial(
                context, identity, (options, width) -> WeightLayoutTrial.measure(this, options, width));
        devices = new TorchDevices(
                device -> device.absence(engine),
                (device, precision) -> device == TorchDevice.CPU ? Optional.empty() : probe.problem(device, precision));
    }

    /** Returns the names of the settings that DJL, JNA and this class read. */
    public static List<String> settings() {
        return List.of("PYTORCH_*", "DJL_*", "ai.djl.*", "jna.*");
    }

    /**
     * Returns the engine, starting it on first use. The first time on a machine its libraries are unpacked.
     *
     * @param context where the libraries are unpacked and which settings they get, if the engine is not started yet
     * @throws RuntimeUnavailableException if PyTorch cannot be used on this machine
     */
    static synchronized TorchRuntime start(ImplementationContext context) {
        if (failure != null) {
            throw new RuntimeUnavailableException(failure.problem(), failure);
        }
        if (instance == null) {
            try {
                instance = new TorchRuntime(startEngine(context), context);
            } catch (RuntimeUnavailableException e) {
                failure = e;
                throw failure;
            }
        }
        return instance;
    }

    private static synchronized boolean isTried() {
        return instance != null || failure != null;
    }

    /**
     * Returns the engine that {@link #start} started.
     *
     * @throws IllegalStateException if it is not started
     */
    static synchronized TorchRuntime get() {
        if (instance == null) {
            throw new IllegalStateException("PyTorch was not started.");
        }
        return instance;
    }

    /**
     * Returns whether the engine can be used on this machine, and the device that a network would run on. Does not start it if it is known
     * to start.
     *
     * @param context as for {@link #start}
     * @param meantFor the devices that an implementation targets
     */
    static Availability availability(ImplementationContext context, Set<TorchDevice> meantFor) {
        Optional<KnownStart> known = isTried() ? Optional.empty() : Optional.of(new KnownStart(context));
        Optional<String> version = known.flatMap(KnownStart::version);
        if (version.isPresent()) {
            return availability(version.get(), TorchDevices.ONLY_CPU, meantFor);
        }
        try {
            TorchRuntime runtime = start(context);
            known.ifPresent(start -> start.keep(runtime.version()));
            return availability(runtime.version(), runtime.devices(), meantFor);
        } catch (RuntimeUnavailableException e) {
            return new Availability.Unavailable(e.problem());
        }
    }

    static Availability availability(String version, TorchDevices devices, Set<TorchDevice> meantFor) {
        TorchDevice device = devices.best(Optional.empty());
        boolean fallback = !meantFor.contains(device);
        String faults = devices.faults(meantFor, Optional.empty());
        String note = faults.isEmpty() ? "No GPU for PyTorch here." : faults + ".";
        return new Availability.Available(version, device.description(), fallback, fallback ? note : "");
    }

    /** Returns the libraries with which the user replaced those on the class path, usually none. Does not start PyTorch. */
    public static List<Path> ownLibraries(ImplementationContext context) {
        return TorchLibraries.ownFiles(context.settings());
    }

    private static Engine startEngine(ImplementationContext context) {
        // DJL looks for its engines and their libraries through this loader.
        Thread thread = Thread.currentThread();
        ClassLoader loader = thread.getContextClassLoader();
        thread.setContextClassLoader(TorchRuntime.class.getClassLoader());
        AtomicReference<String> remedy = new AtomicReference<>(
                "Put ai.djl:api and ai.djl.pytorch:pytorch-engine on the class path, whole and of one version.");
        Map<String, String> properties = new HashMap<>(new LibraryStore(context.nativeLibraries()).jnaProperties());
        properties.putAll(PRIVATE);
        try {
            return LibraryStore.withProperties(properties, () -> {
                // DJL asks for CUDA's version through JNA, whose class reads its properties once.
                Class.forName("com.sun.jna.Native");
                TorchLibraries libraries = TorchLibraries.find(context);
                remedy.set(libraries.remedy());
                return LibraryStore.withProperties(libraries.settings(), () -> Engine.getEngine(PtEngine.ENGINE_NAME));
            });
        } catch (RuntimeUnavailableException | VirtualMachineError e) {
            throw e;
        } catch (Exception | Error e) {
            throw new RuntimeUnavailableException("PyTorch cannot be started: " + message(e), remedy.get(), e);
        } finally {
            thread.setContextClassLoader(loader);
        }
    }

    private static String message(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName() + ": " + root.getMessage();
    }

    /** Returns the name and version, such as {@code PyTorch 2.7.1 (DJL 0.35.1)}. */
    String version() {
        return "PyTorch " + engine.getVersion() + " (DJL " + Engine.getDjlVersion() + ")";
    }

    /** Returns the libraries and instruction sets that PyTorch was built with. */
    String build() {
        return String.join(", ", new TreeSet<>(JniUtils.getFeatures()));
    }

    @Override
    public TorchDevices devices() {
        return devices;
    }

    /** Returns what {@link Int8Probe} finds, which runs once. */
    @Override
    public synchronized Optional<String> int8Problem() {
        if (int8Problem == null) {
            int8Problem = Int8Probe.problem(this);
        }
        return int8Problem;
    }

    @Override
    public WeightLayout layout(TorchOptions options, int width) {
        return layouts.layout(options, width);
    }

    /** Returns DJL's engine. */
    Engine engine() {
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
    void setThreads(int threads) {
        // Setting it discards the data that oneDNN has prepared.
        if (JniUtils.getNumThreads() != threads) {
            JniUtils.setNumThreads(threads);
        }
    }
}
