package io.github.whisperspeedtest.whispercpp;

import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.model.LibraryStore;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.whispercpp.bindings.LibraryReport;
import io.github.whisperspeedtest.whispercpp.bindings.LoadedLibrary;
import io.github.whisperspeedtest.whispercpp.bindings.NativeLog;
import io.github.whisperspeedtest.whispercpp.bindings.WhisperLibrary;
import io.github.whisperspeedtest.whispercpp.bindings.WhisperRelease;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The native library, loaded once per process; a failure is kept with its cause and thrown again. */
final class WhisperCppRuntime {
    private static @Nullable WhisperCppRuntime loaded;
    private static @Nullable RuntimeUnavailableException failure;

    private final LoadedLibrary library;
    private final Request request;
    private final WhisperCppLibraries.Choice choice;

    private WhisperCppRuntime(LoadedLibrary library, Request request, WhisperCppLibraries.Choice choice) {
        this.library = library;
        this.request = request;
        this.choice = choice;
    }

    /** What the library was chosen for; the choice reads files. */
    private record Request(ImplementationContext context, String library) {}

    /**
     * Returns the library, loading it on first use.
     *
     * @param requested value of the option {@code library}
     * @throws RuntimeUnavailableException if it cannot be loaded
     * @throws UnsupportedOptionException if another library is loaded in this process
     */
    static synchronized WhisperCppRuntime start(ImplementationContext context, String requested) {
        if (failure != null) {
            throw new RuntimeUnavailableException(failure.problem(), failure);
        }
        Request request = new Request(context, requested);
        WhisperCppRuntime current = loaded;
        if (current != null && current.request.equals(request)) {
            return current;
        }
        WhisperCppLibraries.Choice choice = new WhisperCppLibraries(context).choose(requested);
        if (current != null) {
            // The bundled library may be unpacked in several tool homes.
            if (current.choice.origin().equals(choice.origin())) {
                return current;
            }
            throw new UnsupportedOptionException(
                    WhisperCppImplementation.ID,
                    "library=" + requested,
                    current.engine() + " is loaded in this process, and a second one cannot be. Use another process.");
        }
        try {
            loaded = new WhisperCppRuntime(
                    LoadedLibrary.load(choice.files(), new LibraryStore(context.nativeLibraries()), choice.remedy()),
                    request,
                    choice);
        } catch (RuntimeUnavailableException e) {
            failure = e;
            throw e;
        }
        return loaded;
    }

    WhisperLibrary functions() {
        return library.functions();
    }

    LoadedLibrary library() {
        return library;
    }

    /** Returns the file of the library. */
    Path file() {
        return choice.files().whisper();
    }

    NativeLog log() {
        return library.log();
    }

    WhisperRelease release() {
        return library.release();
    }

    /** Returns the engine and its origin, such as {@code whisper.cpp 1.7.1 (whisper-jni 1.7.1)}. */
    String engine() {
        return choice.engine();
    }

    /** Returns the library's own description of its build, such as {@code AVX = 1 | AVX2 = 1 | …}, and its devices. */
    String build() {
        LibraryReport report = library.report();
        return report.devices().isEmpty()
                ? report.systemInfo()
                : report.systemInfo() + " devices: "
                        + report.devices().stream()
                                .map(device -> device.name() + " (" + device.description() + ")")
                                .collect(Collectors.joining(", "));
    }

    boolean hasGpu() {
        return library.report().hasGpu();
    }

    /** Returns the CPU with the instruction set extensions of the library's build. */
    String cpu() {
        return cpu(library.report());
    }

    /** Returns the CPU with the instruction set extensions of a library's build. */
    static String cpu(LibraryReport report) {
        return report.features().isEmpty() ? "CPU" : "CPU (" + String.join(" ", report.features()) + ")";
    }
}
