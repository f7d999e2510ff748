package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.audio.AudioExtensions;
import io.github.whisperspeedtest.error.AudioException;
import io.github.whisperspeedtest.files.DiskErrors;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the recordings among the files and directories of a command line.
 *
 * <p>In a directory the file extension decides; a file that the user names is always tried.
 */
final class AudioFinder {
    private final PrintWriter notes;
    private final boolean hasFfmpeg;
    private final Map<String, Integer> leftOut = new TreeMap<>();

    /**
     * Creates a finder.
     *
     * @param notes receives warnings and the list of skipped files
     * @param hasFfmpeg whether ffmpeg is installed
     */
    AudioFinder(PrintWriter notes, boolean hasFfmpeg) {
        this.notes = notes;
        this.hasFfmpeg = hasFfmpeg;
    }

    /**
     * Returns the files, each once; those of a directory tree are sorted by name. Links are followed. An unreadable entry of a
     * directory is a warning. The argument for standard input stays as it is.
     *
     * @throws AudioException if a path does not exist, or a directory holds no recording
     */
    List<Path> find(List<Path> paths) {
        Map<Path, Path> files = new LinkedHashMap<>();
        List<Path> empty = new ArrayList<>();
        for (Path path : paths) {
            if (StandardInput.isMeantBy(path)) {
                files.put(path, path);
                continue;
            }
            if (!Files.exists(path)) {
                throw new AudioException("There is no file " + path + ".");
            }
            if (Files.isDirectory(path)) {
                List<Path> found = below(path);
                if (found.isEmpty()) {
                    empty.add(path);
                }
                found.forEach(file -> files.putIfAbsent(absolute(file), file));
            } else {
                files.putIfAbsent(absolute(path), path);
            }
        }
        printLeftOut();
        if (!empty.isEmpty()) {
            throw new AudioException(
                    "There is no recording in the directory " + empty.get(0) + "; looked for files named "
                            + Stream.concat(AudioExtensions.DECODED.stream(), AudioExtensions.FOREIGN.stream())
                                    .sorted()
                                    .map(name -> "*." + name)
                                    .collect(Collectors.joining(", "))
                            + ". Name a file itself to have it tried whatever it is called.");
        }
        printForeign(files.values());
        return List.copyOf(files.values());
    }

    private void printLeftOut() {
        int count = leftOut.values().stream().mapToInt(Integer::intValue).sum();
        if (count > 0) {
            notes.println("Left out " + counted(count)
                    + (count == 1 ? " that is no recording: " : " that are no recordings: ")
                    + leftOut.entrySet().stream()
                            .sorted(Map.Entry.<String, Integer>comparingByValue()
                                    .reversed())
                            .map(ending -> ending.getKey() + " (" + ending.getValue() + ")")
                            .collect(Collectors.joining(", ")));
        }
    }

    private void printForeign(Collection<Path> files) {
        List<String> names = files.stream()
                .map(AudioExtensions::of)
                .filter(AudioExtensions.FOREIGN::contains)
                .map(ending -> "." + ending)
                .toList();
        if (!hasFfmpeg && !names.isEmpty()) {
            notes.println("warning: " + counted(names.size()) + " (" + String.join(", ", new TreeSet<>(names)) + ") "
                    + (names.size() == 1 ? "needs" : "need")
                    + " ffmpeg, which is not on the PATH. Install it: brew install ffmpeg on macOS, sudo apt install"
                    + " ffmpeg on Debian and Ubuntu.");
        }
    }

    private static String counted(int count) {
        return count + (count == 1 ? " file" : " files");
    }

    private void warn(String message) {
        notes.println("warning: " + message);
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }

    private List<Path> below(Path directory) {
        List<Path> found = new ArrayList<>();
        try {
            Path root = directory.toRealPath();
            Files.walkFileTree(
                    directory, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
                                throws IOException {
                            // A link to a directory above would bring in recordings that were not asked for.
                            if (!path.equals(directory) && root.startsWith(path.toRealPath())) {
                                warn(path + " is a link to a directory that it is in, a loop of links.");
                                return FileVisitResult.SKIP_SUBTREE;
                            }
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                            if (!file.getFileName().toString().startsWith(".") && isWanted(file)) {
                                if (attributes.isRegularFile()) {
                                    found.add(file);
                                } else if (attributes.isSymbolicLink()) {
                                    warn(file + " is a link to nothing.");
                                }
                            }
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path path, IOException failure) throws IOException {
                            if (path.equals(directory)) {
                                throw failure;
                            }
                            warn("Cannot read " + path + ": " + DiskErrors.reason(failure) + ".");
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult postVisitDirectory(Path path, @Nullable IOException failure) {
                            if (failure != null) {
                                warn("Cannot read all of " + path + ": " + DiskErrors.reason(failure) + ".");
                            }
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            throw new AudioException("Cannot read the directory " + directory + ": " + DiskErrors.reason(e) + ".", e);
        }
        return found.stream().sorted().toList();
    }

    private boolean isWanted(Path file) {
        String ending = AudioExtensions.of(file);
        boolean isAudio = AudioExtensions.isAudio(file);
        if (!isAudio) {
            leftOut.merge(ending.isEmpty() ? "no ending" : "." + ending, 1, Integer::sum);
        }
        return isAudio;
    }
}
