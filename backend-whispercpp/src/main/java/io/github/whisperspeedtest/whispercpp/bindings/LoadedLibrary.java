package io.github.whisperspeedtest.whispercpp.bindings;

import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.model.LibraryStore;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A library of whisper.cpp that is loaded into this process and has been checked: its release is known, every default of its parameter
 * structures is where the header of that release says it is, and there is a backend for the CPU.
 *
 * <p>Two different libraries must not be loaded into one process, because their functions have the same names.
 */
public final class LoadedLibrary {
    private static final int DEVICE_CPU = 0;
    private static final int DEVICE_GPU = 1;

    /** An integrated GPU; before ggml had a version of its own, this was the number of accelerators such as BLAS. */
    private static final int DEVICE_INTEGRATED_GPU = 2;

    private final NativeLibrary functions;
    private final WhisperLibrary library;
    private final NativeLog log;
    private final WhisperRelease release;
    private final StructLayout contextLayout;
    private final StructLayout fullLayout;
    private final LibraryReport report;

    private LoadedLibrary(
            NativeLibrary functions,
            WhisperLibrary library,
            NativeLog log,
            WhisperRelease release,
            StructLayout contextLayout,
            StructLayout fullLayout,
            LibraryReport report) {
        this.functions = functions;
        this.library = library;
        this.log = log;
        this.release = release;
        this.contextLayout = contextLayout;
        this.fullLayout = fullLayout;
        this.report = report;
    }

    /**
     * Loads and checks a library.
     *
     * @param store where JNA unpacks its own library
     * @param remedy what to do if it cannot be used, as a sentence
     * @throws RuntimeUnavailableException if the system cannot load it, it lacks a function or a backend, or it is laid out in an unknown
     *     way
     */
    public static LoadedLibrary load(LibraryFiles files, LibraryStore store, String remedy) {
        try {
            return LibraryStore.withProperties(store.jnaProperties(), () -> load(files, remedy));
        } catch (LinkageError e) {
            throw new RuntimeUnavailableException(
                    "The library " + files.whisper() + " cannot be loaded: " + reason(e), remedy, e);
        }
    }

    /** JNA tells the system's reason in its second line, and then the whole class path. */
    private static String reason(LinkageError e) {
        List<String> lines = String.valueOf(e.getMessage()).lines().toList();
        return lines.get(Math.min(1, lines.size() - 1));
    }

    private static LoadedLibrary load(LibraryFiles files, String remedy) {
        files.ggml().forEach(file -> NativeLibrary.getInstance(file.toString()));
        NativeLibrary functions = NativeLibrary.getInstance(files.whisper().toString());
        List<String> missing = Arrays.stream(WhisperLibrary.class.getDeclaredMethods())
                .map(Method::getName)
                .filter(name -> find(functions, name).isEmpty())
                .sorted()
                .toList();
        if (!missing.isEmpty()) {
            throw unusable(files, "lacks the functions " + String.join(", ", missing), remedy);
        }
        loadBackends(functions, files, remedy);
        WhisperLibrary library = Native.load(
                files.whisper().toString(), WhisperLibrary.class, Map.of(Library.OPTION_STRING_ENCODING, "UTF-8"));
        String version = version(functions);
        WhisperRelease release = WhisperRelease.parse(version)
                .orElseThrow(() -> unusable(files, "has the unknown version '" + version + "'", remedy));
        Layouts layouts = layouts(library, release, files, version, remedy);
        NativeLog log = new NativeLog();
        library.whisper_log_set(log, Pointer.NULL);
        String systemInfo = library.whisper_print_system_info().strip();
        return new LoadedLibrary(
                functions,
                library,
                log,
                release,
                layouts.context(),
                layouts.full(),
                new LibraryReport(version, SystemInfo.features(systemInfo), devices(functions), systemInfo));
    }

    /** Returns the functions. */
    public WhisperLibrary functions() {
        return library;
    }

    /** Returns the receiver of its log. */
    public NativeLog log() {
        return log;
    }

    /** Returns its release; for a build from between two releases, the one before. */
    public WhisperRelease release() {
        return release;
    }

    /** Returns what it says about itself. */
    public LibraryReport report() {
        return report;
    }

    /** Returns the default parameters of a model. */
    public NativeParams contextParams() {
        Pointer defaults = library.whisper_context_default_params_by_ref();
        try {
            return new NativeParams(contextLayout, defaults);
        } finally {
            library.whisper_free_context_params(defaults);
        }
    }

    /**
     * Returns the default parameters of a transcription.
     *
     * @param strategy {@link WhisperLibrary#SAMPLING_GREEDY} or {@link WhisperLibrary#SAMPLING_BEAM_SEARCH}
     */
    public NativeParams fullParams(int strategy) {
        Pointer defaults = library.whisper_full_default_params_by_ref(strategy);
        try {
            return new NativeParams(fullLayout, defaults);
        } finally {
            library.whisper_free_params(defaults);
        }
    }

    /**
     * Returns the time of a token in the whole audio, in hundredths of a second; since 1.9.2.
     *
     * @param which {@code t0} for its start or {@code t1} for its end
     */
    public long tokenTime(String which, Pointer context, int segment, int token) {
        return functions.getFunction("whisper_full_get_token_" + which).invokeLong(new Object[] {context, segment, token
        });
    }

    /** Finds a function of the library or of those that it is linked with. */
    private static Optional<Function> find(NativeLibrary library, String name) {
        try {
            return Optional.of(library.getFunction(name));
        } catch (UnsatisfiedLinkError e) {
            return Optional.empty();
        }
    }

    private static boolean exports(NativeLibrary library, String name) {
        return find(library, name).isPresent();
    }

    /** Returns what the library says; releases before 1.8.0 say nothing and differ in their functions. */
    private static String version(NativeLibrary functions) {
        Optional<Function> version = find(functions, "whisper_version");
        if (version.isPresent()) {
            return version.get().invokeString(new Object[0], false);
        }
        if (exports(functions, "whisper_vad_default_params")) {
            return "1.7.6";
        }
        if (exports(functions, "whisper_full_get_segment_no_speech_prob_from_state")) {
            return "1.7.5";
        }
        if (exports(functions, "whisper_full_get_segment_no_speech_prob")) {
            return "1.7.4";
        }
        if (exports(functions, "ggml_backend_load_all")) {
            return "1.7.3";
        }
        return exports(functions, "whisper_get_timings") ? "1.7.2" : "1.7.1";
    }

    /**
     * Loads ggml's backends if they are modules. Without a backend for the CPU, whisper.cpp ends the process when it loads a model.
     */
    private static void loadBackends(NativeLibrary functions, LibraryFiles files, String remedy) {
        Optional<Function> loadFrom = find(functions, "ggml_backend_load_all_from_path");
        if (loadFrom.isEmpty() || hasCpu(functions)) {
            return;
        }
        for (Path directory : files.backendDirectories()) {
            loadFrom.get().invokeVoid(new Object[] {directory.toString()});
            if (hasCpu(functions)) {
                return;
            }
        }
        // It knows the directory that ggml was installed to.
        find(functions, "ggml_backend_load_all").ifPresent(function -> function.invokeVoid(new Object[0]));
        if (!hasCpu(functions)) {
            throw unusable(
                    files,
                    "has no backend for the CPU: ggml's backends are modules (libggml-cpu-*), and none is in "
                            + files.backendDirectories().stream()
                                    .map(Path::toString)
                                    .collect(Collectors.joining(", ")),
                    remedy);
        }
    }

    private static boolean hasCpu(NativeLibrary functions) {
        return functions.getFunction("ggml_backend_dev_by_type").invokePointer(new Object[] {DEVICE_CPU}) != null;
    }

    private static List<LibraryReport.Device> devices(NativeLibrary functions) {
        Optional<Function> count = find(functions, "ggml_backend_dev_count");
        if (count.isEmpty() || !exports(functions, "ggml_backend_load_all_from_path")) {
            return List.of();
        }
        boolean integrated = exports(functions, "ggml_version");
        List<LibraryReport.Device> devices = new ArrayList<>();
        long number = count.get().invokeLong(new Object[0]);
        for (long i = 0; i < number; i++) {
            Object[] device = {functions.getFunction("ggml_backend_dev_get").invokePointer(new Object[] {i})};
            int type = functions.getFunction("ggml_backend_dev_type").invokeInt(device);
            devices.add(new LibraryReport.Device(
                    functions.getFunction("ggml_backend_dev_name").invokeString(device, false),
                    functions.getFunction("ggml_backend_dev_description").invokeString(device, false),
                    type == DEVICE_GPU || integrated && type == DEVICE_INTEGRATED_GPU));
        }
        return devices;
    }

    private record Layouts(StructLayout context, StructLayout full) {}

    private static Layouts layouts(
            WhisperLibrary library, WhisperRelease release, LibraryFiles files, String version, String remedy) {
        Pointer context = library.whisper_context_default_params_by_ref();
        Pointer full = library.whisper_full_default_params_by_ref(WhisperLibrary.SAMPLING_GREEDY);
        try {
            StructLayout contextLayout = ParamsLayouts.context(release);
            StructLayout fullLayout = ParamsLayouts.full(release);
            Optional<String> difference = contextLayout.difference(context).or(() -> fullLayout.difference(full));
            if (difference.isEmpty()) {
                return new Layouts(contextLayout, fullLayout);
            }
            // A build from between 1.8.0 and 1.8.1 names the former and may have the structures of the latter.
            StructLayout next =
                    ParamsLayouts.full(new WhisperRelease(release.major(), release.minor(), release.patch() + 1));
            if (contextLayout.difference(context).isEmpty()
                    && next.bytes() != fullLayout.bytes()
                    && next.difference(full).isEmpty()) {
                return new Layouts(contextLayout, next);
            }
            boolean newer = release.compareTo(WhisperRelease.NEWEST) > 0;
            throw unusable(
                    files,
                    "is whisper.cpp " + version
                            + (newer ? ", newer than " + WhisperRelease.NEWEST + ", and" : " and")
                            + " has an unknown layout of parameters: " + difference.get(),
                    remedy);
        } finally {
            library.whisper_free_params(full);
            library.whisper_free_context_params(context);
        }
    }

    private static RuntimeUnavailableException unusable(LibraryFiles files, String reason, String remedy) {
        return new RuntimeUnavailableException("The library " + files.whisper() + " " + reason, remedy, null);
    }
}
