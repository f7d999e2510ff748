package io.github.whisperspeedtest.whispercpp.bindings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The native libraries of one build of whisper.cpp.
 *
 * @param whisper file of the library with the {@code whisper_} functions
 * @param ggml files of the ggml libraries, in the order to load them before it, so that it finds them by name wherever they are
 * @param backendDirectories directories that may have ggml's backends as modules, such as {@code libggml-cpu-haswell.so}
 */
public record LibraryFiles(Path whisper, List<Path> ggml, List<Path> backendDirectories) {
    private static final Logger LOG = LoggerFactory.getLogger(LibraryFiles.class);

    /** Names of the whisper library on Linux and macOS. */
    public static final List<String> WHISPER_NAMES =
            List.of("libwhisper.so.1", "libwhisper.so", "libwhisper.1.dylib", "libwhisper.dylib");

    /** The libraries that whisper.cpp is linked with, each after those that it needs. Before 1.7.3, ggml is one library. */
    private static final List<String> GGML_LIBRARIES = List.of(
            "libggml-base",
            "libggml-cpu",
            "libggml-blas",
            "libggml-metal",
            "libggml-cuda",
            "libggml-vulkan",
            "libggml");

    private static final List<String> ENDINGS = List.of(".so.0", ".so", ".0.dylib", ".dylib");

    /** Where the ggml libraries of a build tree are, and the modules of Homebrew's ggml, from the directory of whisper.cpp. */
    private static final List<String> NEIGHBOURS =
            List.of("", "../ggml/src", "../../ggml/lib", "../libexec", "../../ggml/libexec", "../lib/ggml");

    /** Copies the lists. */
    public LibraryFiles {
        ggml = List.copyOf(ggml);
        backendDirectories = List.copyOf(backendDirectories);
    }

    /** Returns the libraries in a directory, empty if there is no whisper library. */
    public static Optional<LibraryFiles> in(Path directory) {
        Path absolute = directory.toAbsolutePath().normalize();
        Path whisper = firstFile(absolute, WHISPER_NAMES);
        if (whisper == null) {
            return Optional.empty();
        }
        // Homebrew's directory is a link; its neighbours are those of the link, not of its target.
        List<Path> near = NEIGHBOURS.stream()
                .map(neighbour -> absolute.resolve(neighbour).normalize())
                .filter(Files::isDirectory)
                .distinct()
                .toList();
        List<Path> ggml = new ArrayList<>();
        for (String library : GGML_LIBRARIES) {
            near.stream()
                    .flatMap(place -> Stream.of(place, place.resolve(library.replace("lib", ""))))
                    .map(place -> firstFile(
                            place, ENDINGS.stream().map(library::concat).toList()))
                    .flatMap(Stream::ofNullable)
                    .findFirst()
                    .ifPresent(ggml::add);
        }
        return Optional.of(new LibraryFiles(whisper, ggml, near));
    }

    private static @Nullable Path firstFile(Path directory, List<String> names) {
        return names.stream()
                .map(directory::resolve)
                .filter(Files::isRegularFile)
                .findFirst()
                .orElse(null);
    }

    /** Returns the directory of the whisper library. */
    public Path directory() {
        return whisper.toAbsolutePath().getParent();
    }

    /** Returns all files of the build, the modules of ggml's backends included. */
    public List<Path> all() {
        Set<Path> files = new LinkedHashSet<>(List.of(whisper));
        files.addAll(ggml);
        for (Path directory : backendDirectories) {
            try (Stream<Path> entries = Files.list(directory)) {
                entries.filter(file -> file.getFileName().toString().startsWith("libggml-"))
                        .filter(Files::isRegularFile)
                        .sorted()
                        .forEach(files::add);
            } catch (IOException e) {
                LOG.debug("Cannot list {}", directory, e);
            }
        }
        return List.copyOf(files);
    }
}
