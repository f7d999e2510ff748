package io.github.whisperspeedtest.whispercpp;

import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.model.EngineStore;
import io.github.whisperspeedtest.model.EngineWorkspace;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.program.SearchPath;
import io.github.whisperspeedtest.spi.BuiltEngine;
import io.github.whisperspeedtest.spi.EngineBuildListener;
import io.github.whisperspeedtest.spi.EngineBuildListener.Step;
import io.github.whisperspeedtest.spi.EngineBuildRequest;
import io.github.whisperspeedtest.spi.EngineBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Builds whisper.cpp with the user's CMake from the user's clone. */
final class WhisperCppBuild implements EngineBuilder {
    /**
     * The build includes whisper.cpp in a project of its own: configured on its own, whisper.cpp writes
     * {@code bindings/javascript/package.json} into its source code.
     */
    private static final String PROJECT = """
            cmake_minimum_required(VERSION 3.14)
            project(whisper_speedtest_engine VERSION %s LANGUAGES C CXX)
            add_subdirectory("${WHISPER_SPEEDTEST_SOURCE}" whisper.cpp)
            """;

    /** The names to link with, which have no version. */
    private static final Pattern LIBRARY = Pattern.compile("lib(?:whisper|ggml)(?:[-.](?!\\d)[\\w-]+)*\\.(?:so|dylib)");

    private static final Pattern WHISPER = Pattern.compile("libwhisper(\\.so(\\.\\d+)?|(\\.\\d+)?\\.dylib)");

    /** Deep enough for the directories of a build. */
    private static final int MAX_DEPTH = 12;

    private final EngineStore store;
    private final Path engines;
    private final SearchPath searchPath;
    private final String os;

    /**
     * Creates a builder.
     *
     * @param engines directory of the builds
     * @param os name of the operating system, as the system property {@code os.name} has it
     */
    WhisperCppBuild(Path engines, SearchPath searchPath, String os) {
        this.engines = engines;
        this.searchPath = searchPath;
        this.os = os.toLowerCase(Locale.ROOT);
        store = new EngineStore(engines);
    }

    @Override
    public String engine() {
        return "whisper.cpp";
    }

    @Override
    public BuiltEngine build(EngineBuildRequest request, EngineBuildListener listener) {
        if (!isMac() && !os.startsWith("linux")) {
            throw new RuntimeUnavailableException(
                    "whisper.cpp can be built on Linux and macOS only",
                    "Build it yourself with shared libraries.",
                    null);
        }
        requireDefinitions(request.options());
        WhisperCppSource source = WhisperCppSource.of(request.source());
        CMake cmake = CMake.find(searchPath, isMac(), source.directory());
        try (EngineWorkspace workspace = store.begin()) {
            return build(request, source, cmake, workspace, listener);
        } catch (IOException e) {
            OperationCancelledException.throwIfInterrupted("The build of whisper.cpp", e);
            throw new EngineUnavailableException(
                    "Cannot build whisper.cpp " + source.release() + " in " + engines + " (" + DiskErrors.reason(e)
                            + "). Set " + ToolHome.HOME_VARIABLE + " to a writable directory with enough space.",
                    e);
        }
    }

    private static void requireDefinitions(List<String> options) {
        for (String option : options) {
            if (!option.matches("-D[^=\\s]+=.*")) {
                throw new WhisperSpeedtestException(
                        ErrorKind.USER,
                        "The option '" + option
                                + "' for cmake is not a definition -DNAME=VALUE, such as -DGGML_BLAS=ON.");
            }
        }
    }

    private BuiltEngine build(
            EngineBuildRequest request,
            WhisperCppSource source,
            CMake cmake,
            EngineWorkspace workspace,
            EngineBuildListener listener)
            throws IOException {
        String version = source.release().toString();
        String name = engine() + " " + version;
        Path directory = workspace.directory();
        Path log = workspace.log(version);
        Files.deleteIfExists(log);
        Path project = Files.createDirectory(directory.resolve("project"));
        Files.writeString(project.resolve("CMakeLists.txt"), PROJECT.formatted(version));
        Path build = directory.resolve("build");

        listener.progress(version, Step.CONFIGURE, 0);
        List<String> configure = new ArrayList<>(List.of("-S", project.toString(), "-B", build.toString()));
        configure.addAll(cmake.generator());
        configure.addAll(definitions(source));
        configure.addAll(request.options());
        cmake.run("configure " + name, configure, directory, log, fraction -> {});

        listener.progress(version, Step.COMPILE, 0);
        List<String> compile = List.of(
                "--build",
                build.toString(),
                "--config",
                "Release",
                "--parallel",
                Integer.toString(request.jobs()),
                "--target",
                "whisper");
        cmake.run(
                "compile " + name,
                compile,
                directory,
                log,
                fraction -> listener.progress(version, Step.COMPILE, fraction));

        listener.progress(version, Step.INSTALL, 0);
        Map<String, Path> libraries = libraries(build);
        if (libraries.keySet().stream().noneMatch(file -> WHISPER.matcher(file).matches())) {
            throw new EngineUnavailableException("The build of " + name
                    + " made no shared library libwhisper. Leave out options such as -DBUILD_SHARED_LIBS=OFF; the output of cmake is in "
                    + log + ".");
        }
        return workspace.install(version, libraries);
    }

    private List<String> definitions(WhisperCppSource source) {
        List<String> definitions = new ArrayList<>(List.of(
                "-DWHISPER_SPEEDTEST_SOURCE:PATH=" + source.directory(),
                "-DCMAKE_BUILD_TYPE=Release",
                "-DBUILD_SHARED_LIBS=ON",
                // Libraries find one another in the directory that they lie in, and the others where the linker found
                // them.
                "-DCMAKE_BUILD_WITH_INSTALL_RPATH=ON",
                "-DCMAKE_INSTALL_RPATH=" + (isMac() ? "@loader_path" : "$ORIGIN"),
                "-DCMAKE_INSTALL_RPATH_USE_LINK_PATH=ON",
                "-DGGML_NATIVE=ON",
                "-DWHISPER_BUILD_TESTS=OFF",
                "-DWHISPER_BUILD_EXAMPLES=OFF",
                "-DWHISPER_BUILD_SERVER=OFF"));
        if (isMac()) {
            // The library of Metal's functions must be part of libggml, because only libraries are copied.
            definitions.addAll(List.of(
                    "-DGGML_METAL=ON",
                    "-DGGML_METAL_EMBED_LIBRARY=ON",
                    "-DWHISPER_COREML=1",
                    "-DWHISPER_COREML_ALLOW_FALLBACK=ON"));
        }
        return definitions;
    }

    /**
     * Returns the libraries of a build by the names under which the loader looks for them.
     *
     * <p>CMake makes {@code libx.so}, a link to {@code libx.so.1} with that name inside, a link to {@code libx.so.1.9.3}; or only the first,
     * if the library has no version. So the name is that of the file or link that {@code libx.so} leads to in one step.
     */
    private static Map<String, Path> libraries(Path build) throws IOException {
        Map<String, Path> libraries = new TreeMap<>();
        try (Stream<Path> files = Files.walk(build, MAX_DEPTH)) {
            for (Path file : files.toList()) {
                Matcher library = LIBRARY.matcher(file.getFileName().toString());
                if (library.matches() && Files.isRegularFile(file)) {
                    Path named = Files.isSymbolicLink(file) ? Files.readSymbolicLink(file) : file;
                    libraries.putIfAbsent(named.getFileName().toString(), file.toRealPath());
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return libraries;
    }

    private boolean isMac() {
        return os.startsWith("mac");
    }
}
