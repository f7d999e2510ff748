package io.github.whisperspeedtest.whispercpp;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.model.LibraryStore;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.whispercpp.bindings.ContextParams;
import io.github.whisperspeedtest.whispercpp.bindings.FullParams;
import io.github.whisperspeedtest.whispercpp.bindings.NativeLibraries;
import io.github.whisperspeedtest.whispercpp.bindings.NativeLog;
import io.github.whisperspeedtest.whispercpp.bindings.WhisperLibrary;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The native library, loaded once per process; a failure is kept with its cause and thrown again. */
final class WhisperCppRuntime {
    private static @Nullable WhisperCppRuntime loaded;
    private static @Nullable RuntimeUnavailableException failure;

    private final WhisperLibrary library;
    private final NativeLog log;
    private final String version;
    private final String build;
    private final List<String> features;

    private WhisperCppRuntime(WhisperLibrary library, NativeLog log, String version, String build) {
        this.library = library;
        this.log = log;
        this.version = version;
        this.build = build.strip();
        this.features = features(build);
    }

    /**
     * Returns the library, loading it on first use.
     *
     * @param context where it is unpacked and which settings it gets, if it is not loaded yet
     * @throws RuntimeUnavailableException if it cannot be loaded
     */
    static synchronized WhisperCppRuntime start(ImplementationContext context) {
        if (failure != null) {
            throw new RuntimeUnavailableException(failure.problem(), failure);
        }
        if (loaded == null) {
            try {
                loaded = load(context);
            } catch (RuntimeUnavailableException e) {
                failure = e;
                throw failure;
            } catch (IOException e) {
                failure = new RuntimeUnavailableException(
                        "Cannot read the whisper-jni jar, which contains whisper.cpp: " + e.getMessage(),
                        "Put io.github.givimad:whisper-jni on the class path, whole and unchanged.",
                        e);
                throw failure;
            }
        }
        return loaded;
    }

    WhisperLibrary library() {
        return library;
    }

    NativeLog log() {
        return log;
    }

    /** Returns the engine and its origin, such as {@code whisper.cpp 1.7.1 (whisper-jni 1.7.1)}. */
    String version() {
        return version;
    }

    /** Returns the library's own description of its build, such as {@code AVX = 1 | AVX2 = 1 | …}. */
    String build() {
        return build;
    }

    /** Returns the CPU with the instruction set extensions of the library's build. */
    String cpu() {
        return features.isEmpty() ? "CPU" : "CPU (" + String.join(" ", features) + ")";
    }

    /** Returns whether the library has a GPU backend compiled in. */
    boolean hasGpu() {
        return features.contains("METAL") || features.contains("CUDA");
    }

    private static WhisperCppRuntime load(ImplementationContext context) throws IOException {
        NativeLibraries libraries = NativeLibraries.find(context);
        try {
            return LibraryStore.withProperties(
                    new LibraryStore(context.nativeLibraries()).jnaProperties(), () -> load(libraries));
        } catch (LinkageError e) {
            throw new RuntimeUnavailableException(
                    "whisper.cpp cannot be loaded: " + e.getMessage(), libraries.remedy(), e);
        }
    }

    private static WhisperCppRuntime load(NativeLibraries libraries) {
        if (libraries.ggml() != null) {
            // Loaded first, so that the whisper library finds it by name wherever it is.
            NativeLibrary.getInstance(libraries.ggml().toString());
        }
        WhisperLibrary library = Native.load(
                libraries.whisper().toString(), WhisperLibrary.class, Map.of(Library.OPTION_STRING_ENCODING, "UTF-8"));
        checkLayout(library, libraries);
        NativeLog log = new NativeLog();
        library.whisper_log_set(log, Pointer.NULL);
        return new WhisperCppRuntime(library, log, libraries.engine(), library.whisper_print_system_info());
    }

    private static void checkLayout(WhisperLibrary library, NativeLibraries libraries) {
        Pointer context = library.whisper_context_default_params_by_ref();
        Pointer full = library.whisper_full_default_params_by_ref(WhisperLibrary.SAMPLING_GREEDY);
        try {
            if (!new ContextParams.ByValue(context).holdsDefaults() || !new FullParams.ByValue(full).holdsDefaults()) {
                throw new RuntimeUnavailableException(
                        "The library " + libraries.whisper()
                                + " is not whisper.cpp 1.7.1: its parameters have a different layout",
                        libraries.remedy(),
                        null);
            }
        } finally {
            library.whisper_free_params(full);
            library.whisper_free_context_params(context);
        }
    }

    /** Reads {@code AVX = 1 | AVX2 = 0 | …}. */
    static List<String> features(String systemInfo) {
        return Arrays.stream(systemInfo.split("\\|"))
                .map(String::strip)
                .filter(entry -> entry.endsWith("= 1"))
                .map(entry -> entry.substring(0, entry.indexOf(' ')))
                .collect(Collectors.toList());
    }
}
