package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.error.AudioException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Turns the files and directories of a command line into files. */
final class AudioFinder {
    /** Inside a directory the name has to tell what is a recording; a file that is named by itself is always tried. */
    private static final Set<String> EXTENSIONS = Set.of(
            "wav", "wave", "flac", "mp3", "ogg", "oga", "opus", "m4a", "aac", "mp4", "mkv", "webm", "mov", "wma", "aif",
            "aiff", "caf", "amr");

    private AudioFinder() {}

    /**
     * Returns the files, each once, those of a directory and below it sorted by name.
     *
     * @throws AudioException if a path does not exist, or a directory holds no recording
     */
    static List<Path> find(List<Path> paths) {
        Map<Path, Path> files = new LinkedHashMap<>();
        for (Path path : paths) {
            if (!Files.exists(path)) {
                throw new AudioException("There is no file " + path + ".");
            }
            if (Files.isDirectory(path)) {
                List<Path> found = below(path);
                if (found.isEmpty()) {
                    throw new AudioException(
                            "There is no recording in the directory " + path + "; looked for files named "
                                    + String.join(
                                            ", ",
                                            EXTENSIONS.stream()
                                                    .sorted()
                                                    .map(name -> "*." + name)
                                                    .toList()) + ".");
                }
                found.forEach(file -> files.putIfAbsent(absolute(file), file));
            } else {
                files.putIfAbsent(absolute(path), path);
            }
        }
        return List.copyOf(files.values());
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }

    private static List<Path> below(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile)
                    .filter(AudioFinder::isNamedAsAudio)
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new AudioException("The directory " + directory + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static boolean isNamedAsAudio(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return !name.startsWith(".") && EXTENSIONS.contains(name.substring(name.lastIndexOf('.') + 1));
    }
}
