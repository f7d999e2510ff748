package io.github.whisperspeedtest.mlx.bindings;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.error.EngineOutOfMemoryException;
import io.github.whisperspeedtest.error.Problem;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.model.LibraryStore;
import io.github.whisperspeedtest.spi.ImplementationContext;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** MLX, loaded once per process; a failure is kept with its cause and thrown again. */
public final class MlxRuntime {
    /** A {@code bool} of C. */
    static final byte TRUE = 1;

    static final byte FALSE = 0;

    /** An absent optional number. */
    static final long NOTHING = 0;

    /**
     * How many bytes of freed arrays MLX keeps for later ones; by default it keeps 95 % of the memory.
     *
     * <p>A window of large-v3 in float16 with five beams needs 0.6 GiB for its keys, its values and the widest rows of the encoder. Longer
     * batches allocate again.
     */
    private static final long CACHE_LIMIT = 1L << 30;

    private static final int MAX_DIMENSIONS = 8;
    private static final Pattern OUT_OF_MEMORY =
            Pattern.compile("malloc|bad_alloc|allocat|out of memory", Pattern.CASE_INSENSITIVE);

    private static final Logger LOG = LoggerFactory.getLogger(MlxRuntime.class);

    private static @Nullable MlxRuntime loaded;
    private static @Nullable RuntimeUnavailableException failure;

    private final MlxThread thread;

    /** Kept, because JNA frees unreferenced callbacks. */
    private final MlxC.ErrorHandler errorHandler;

    private final Memory resultCell = new Memory(Long.BYTES);

    /** The same memory: Java reads and writes it without a call. */
    private final ByteBuffer result = resultCell.getByteBuffer(0, Long.BYTES).order(ByteOrder.nativeOrder());

    private final Memory integerCells = new Memory(3L * MAX_DIMENSIONS * Integer.BYTES);
    private final ByteBuffer integers =
            integerCells.getByteBuffer(0, integerCells.size()).order(ByteOrder.nativeOrder());
    private final Memory affine = text("affine");
    private final Memory causal = text("causal");
    private final Memory noMask = text("");

    /** Metal's {@code recommendedMaxWorkingSetSize}; source: {@code device_info.cpp} in mlx/backend/metal. */
    private final Memory workingSet = text("max_recommended_working_set_size");

    private final Map<MlxDevice, Long> streams = new EnumMap<>(MlxDevice.class);
    private @Nullable String error;
    private String version = "";
    private List<MlxDevice> devices = List.of();
    private Map<MlxDevice, String> refused = Map.of();

    private MlxRuntime(MlxThread thread) {
        this.thread = thread;
        errorHandler = (message, data) -> error = message == null ? "no reason given" : message.getString(0, "UTF-8");
        for (int i = 0; i < MAX_DIMENSIONS; i++) {
            integers.putInt((2 * MAX_DIMENSIONS + i) * Integer.BYTES, 1);
        }
    }

    /**
     * Returns MLX, loading it on first use.
     *
     * @param context the settings by which it is found, if it is not loaded yet
     * @throws RuntimeUnavailableException if it is not installed, does not load, or is incompatible
     */
    public static synchronized MlxRuntime start(ImplementationContext context) {
        if (failure != null) {
            throw new RuntimeUnavailableException(failure.problem(), failure);
        }
        if (loaded == null) {
            try {
                loaded = load(MlxLibraries.find(context.settings()), context);
            } catch (RuntimeUnavailableException e) {
                failure = e;
                throw e;
            }
        }
        return loaded;
    }

    /**
     * Returns MLX, which {@link #start} loaded.
     *
     * @throws IllegalStateException if it is not loaded
     */
    public static synchronized MlxRuntime get() {
        if (loaded == null) {
            throw new IllegalStateException("MLX was not started.");
        }
        return loaded;
    }

    /** Returns the names of the settings that JNA and this class read. */
    public static List<String> settings() {
        return List.of(
                MlxLibraries.DIRECTORY_VARIABLE,
                MlxLibraries.DIRECTORY_PROPERTY,
                MlxLibraries.HOMEBREW_VARIABLE,
                "jna.*");
    }

    /** Returns the files that MLX would be loaded from, some of which may not exist. */
    public static List<Path> libraries(ImplementationContext context) {
        return MlxLibraries.files(context.settings());
    }

    /**
     * Loads libraries and checks every device, which can be done once in a process and may crash it.
     *
     * @param nativeLibraries directory for JNA's own library
     * @param skipped devices that are not to be checked
     * @param before receives each device before it is checked
     * @throws RuntimeUnavailableException if they cannot be loaded or used
     */
    static MlxReport inspect(
            MlxLibraries libraries, Path nativeLibraries, Set<MlxDevice> skipped, Consumer<MlxDevice> before) {
        MlxRuntime runtime = load(libraries, nativeLibraries);
        return runtime.call(() -> {
            List<Path> files = LoadedFiles.ofMlx();
            List<MlxDevice> working = new ArrayList<>();
            Map<MlxDevice, String> refused = new EnumMap<>(MlxDevice.class);
            boolean lasting = true;
            for (MlxDevice device : runtime.devices) {
                if (!skipped.contains(device)) {
                    before.accept(device);
                    Optional<MlxProbe.Fault> fault = MlxProbe.check(runtime, device);
                    fault.ifPresentOrElse(found -> refused.put(device, found.reason()), () -> working.add(device));
                    lasting &= fault.map(MlxProbe.Fault::lasting).orElse(true);
                }
            }
            runtime.clearCache();
            return MlxReport.of(runtime.version, working, refused, files, lasting);
        });
    }

    /** Loads MLX from certain libraries, with the devices that work. */
    private static MlxRuntime load(MlxLibraries libraries, ImplementationContext context) {
        if (!libraries.isFound()) {
            // Without MLX no child JVM is started.
            find(libraries, context.nativeLibraries());
        }
        MlxReport report = new MlxLibraryProbe(context).report(libraries);
        MlxRuntime runtime = load(libraries, context.nativeLibraries());
        runtime.devices =
                runtime.devices.stream().filter(report.devices()::contains).toList();
        runtime.refused = report.refused();
        report.refused().forEach((device, reason) -> LOG.warn("Not using MLX on the {}: {}", device, reason));
        return runtime;
    }

    private static void find(MlxLibraries libraries, Path nativeLibraries) {
        LibraryStore.withProperties(new LibraryStore(nativeLibraries).jnaProperties(), () -> {
            try {
                return NativeLibrary.getInstance(libraries.mlxc());
            } catch (LinkageError e) {
                throw new RuntimeUnavailableException(reason(libraries, e), MlxLibraries.remedy(), e);
            }
        });
    }

    private static MlxRuntime load(MlxLibraries libraries, Path nativeLibraries) {
        return LibraryStore.withProperties(new LibraryStore(nativeLibraries).jnaProperties(), () -> load(libraries));
    }

    private static MlxRuntime load(MlxLibraries libraries) {
        MlxThread thread = new MlxThread();
        return thread.call(() -> {
            try {
                // JNA loads its own library here.
                MlxRuntime runtime = new MlxRuntime(thread);
                runtime.bind(libraries);
                return runtime;
            } catch (LinkageError e) {
                throw new RuntimeUnavailableException(reason(libraries, e), MlxLibraries.remedy(), e);
            } catch (EngineException e) {
                throw new RuntimeUnavailableException(
                        libraries.mlxc() + " exists but does not work: " + e.getMessage(), MlxLibraries.remedy(), e);
            }
        });
    }

    private static String reason(MlxLibraries libraries, LinkageError failure) {
        String message =
                String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
        return libraries.isFound() ? libraries.mlxc() + " cannot be used as mlx-c: " + message : "MLX is not installed";
    }

    private void bind(MlxLibraries libraries) {
        if (libraries.mlx() != null) {
            // mlx-c finds it by name wherever it lies.
            NativeLibrary.getInstance(libraries.mlx().toString());
        }
        MlxC.bind(NativeLibrary.getInstance(libraries.mlxc()));
        // The default handler of mlx-c exits the process.
        MlxC.mlx_set_error_handler(errorHandler, 0, 0);
        version = readVersion();
        if (!MlxVersion.isSupported(version)) {
            throw new RuntimeUnavailableException(
                    "MLX " + MlxVersion.OLDEST + " or later is required, but " + libraries.mlxc() + " has " + version,
                    "Update it ('brew upgrade mlx-c'), or " + MlxLibraries.remedy(),
                    null);
        }
        devices = Stream.of(MlxDevice.values()).filter(this::isAvailable).toList();
        check(MlxC.mlx_set_cache_limit(result(), CACHE_LIMIT));
    }

    private String readVersion() {
        result.putLong(0, MlxC.mlx_string_new());
        try {
            check(MlxC.mlx_version(Pointer.nativeValue(resultCell)));
            return MlxC.mlx_string_data(result.getLong(0)).getString(0);
        } finally {
            MlxC.mlx_string_free(result.getLong(0));
        }
    }

    private boolean isAvailable(MlxDevice device) {
        long handle = MlxC.mlx_device_new_type(device.code(), 0);
        try {
            result.putLong(0, 0);
            check(MlxC.mlx_device_is_available(Pointer.nativeValue(resultCell), handle));
            return result.get(0) != 0;
        } finally {
            MlxC.mlx_device_free(handle);
        }
    }

    /** Returns the version of MLX. */
    public String version() {
        return version;
    }

    /** Returns the devices that compute correctly, best first. */
    public List<MlxDevice> devices() {
        return devices;
    }

    /** Returns why a device that MLX has is not used, as a clause, and what to do; empty if it is used, or not there. */
    public Optional<Problem> refusal(MlxDevice device) {
        return Optional.ofNullable(refused.get(device)).map(reason -> new Problem(reason, MlxLibraries.repair()));
    }

    /** Returns how much memory of a device should be in use at most, empty if MLX does not know. */
    public OptionalLong recommendedMemory(MlxDevice device) {
        return call(() -> {
            long handle = MlxC.mlx_device_new_type(device.code(), 0);
            result.putLong(0, MlxC.mlx_device_info_new());
            check(MlxC.mlx_device_info_get(Pointer.nativeValue(resultCell), handle));
            long info = takeResult();
            try {
                int status = MlxC.mlx_device_info_get_size(result(), info, Pointer.nativeValue(workingSet));
                return status == 0 ? OptionalLong.of(takeResult()) : OptionalLong.empty();
            } finally {
                MlxC.mlx_device_info_free(info);
                MlxC.mlx_device_free(handle);
            }
        });
    }

    /** Runs a task on MLX's thread and returns its result. All of MLX is used on that thread. */
    public <T> T call(Supplier<T> task) {
        return thread.call(task);
    }

    /** Runs a task on MLX's thread. All of MLX is used on that thread. */
    public void run(Runnable task) {
        thread.call(() -> {
            task.run();
            return true;
        });
    }

    /** Starts a computation. */
    public MlxGraph graph(MlxDevice device) {
        return new MlxGraph(this, device);
    }

    /** Compiles a function of one array. */
    public MlxFunction compile(MlxDevice device, BiFunction<MlxGraph, MlxArray, MlxArray> body) {
        return new MlxFunction(this, device, body);
    }

    /** Frees the memory that MLX caches for future arrays. */
    public void clearCache() {
        check(MlxC.mlx_clear_cache());
    }

    /** Returns how many bytes all arrays have. */
    long activeMemory() {
        check(MlxC.mlx_get_active_memory(Pointer.nativeValue(resultCell)));
        return result.getLong(0);
    }

    /** Returns the stream of MLX's thread on a device. */
    long stream(MlxDevice device) {
        return streams.computeIfAbsent(device, missing -> {
            long stream =
                    missing == MlxDevice.GPU ? MlxC.mlx_default_gpu_stream_new() : MlxC.mlx_default_cpu_stream_new();
            checkCreated(stream);
            return stream;
        });
    }

    /** Returns the address where the next call is to leave its result, which is empty. */
    long result() {
        result.putLong(0, 0);
        return Pointer.nativeValue(resultCell);
    }

    /** Returns the handle that the last call left. */
    long takeResult() {
        return result.getLong(0);
    }

    /** Returns the address of integers, which stay there until the slot is used again. */
    long integers(int slot, int... values) {
        if (values.length > MAX_DIMENSIONS) {
            throw new IllegalArgumentException("Arrays have at most " + MAX_DIMENSIONS + " dimensions here");
        }
        int offset = slot * MAX_DIMENSIONS * Integer.BYTES;
        for (int i = 0; i < values.length; i++) {
            integers.putInt(offset + i * Integer.BYTES, values[i]);
        }
        return Pointer.nativeValue(integerCells) + offset;
    }

    /** Returns the address of ones, as many as there can be dimensions. */
    long ones() {
        return Pointer.nativeValue(integerCells) + 2L * MAX_DIMENSIONS * Integer.BYTES;
    }

    long affineMode() {
        return Pointer.nativeValue(affine);
    }

    long maskMode(boolean isCausal) {
        return Pointer.nativeValue(isCausal ? causal : noMask);
    }

    /** Returns an {@code mlx_optional_int} that is there. */
    static long optional(int value) {
        return 1L << Integer.SIZE | Integer.toUnsignedLong(value);
    }

    static long address(Buffer buffer) {
        return Pointer.nativeValue(Native.getDirectBufferPointer(buffer));
    }

    /**
     * Checks what a function returned.
     *
     * @throws EngineOutOfMemoryException if memory is short
     * @throws EngineException if the call failed otherwise
     */
    void check(int status) {
        if (status != 0) {
            throw failed();
        }
    }

    /** Forgets what the error handler was told, where the reason is known better. */
    void forgetError() {
        error = null;
    }

    /** Checks a handle that a function returned. */
    void checkCreated(long handle) {
        if (handle == 0) {
            throw failed();
        }
    }

    private EngineException failed() {
        String reason = error == null ? "no reason given" : error;
        error = null;
        return OUT_OF_MEMORY.matcher(reason).find()
                ? new EngineOutOfMemoryException("MLX ran out of memory: " + reason + ". Use a smaller model.")
                : new EngineException("MLX failed: " + reason);
    }

    private static Memory text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Memory memory = new Memory(bytes.length + 1L);
        memory.write(0, bytes, 0, bytes.length);
        memory.setByte(bytes.length, (byte) 0);
        return memory;
    }
}
