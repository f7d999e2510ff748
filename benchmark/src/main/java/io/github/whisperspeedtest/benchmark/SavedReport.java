package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A file in a directory of results.
 *
 * @param file the file
 * @param report its report, null if it has none
 * @param problem why it has none, as a sentence; null if it has one
 */
public record SavedReport(
        Path file,
        @Nullable BenchmarkReport report,
        @Nullable String problem) {
    /** Benchmarks write HTML pages beside their reports. */
    private static final String PAGE = ".html";

    private static final String EXTENSION = ".json";

    /** Checks that it has either a report or a problem. */
    public SavedReport {
        Objects.requireNonNull(file, "file");
        if ((report == null) == (problem == null)) {
            throw new IllegalArgumentException(file + " must have either a report or a problem");
        }
    }

    /**
     * Reads all files of a directory, except HTML pages, hidden files and those in subdirectories. A file that is not a report has its
     * problem.
     *
     * @return the newest report first, files without a report last; empty if there is no such directory
     * @throws IOException if the directory cannot be read
     */
    public static List<SavedReport> in(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> Files.isRegularFile(file)
                            && !file.getFileName().toString().startsWith(".")
                            && !file.getFileName().toString().endsWith(PAGE))
                    .map(SavedReport::read)
                    .sorted(Comparator.comparing(SavedReport::startedAt, Comparator.reverseOrder())
                            .thenComparing(SavedReport::name, Comparator.reverseOrder()))
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private static SavedReport read(Path file) {
        try {
            return new SavedReport(file, JsonReport.read(file), null);
        } catch (WhisperSpeedtestException e) {
            return new SavedReport(file, null, String.valueOf(e.getMessage()));
        }
    }

    /** Returns the name of the file without {@code .json}. */
    public String name() {
        String name = file.getFileName().toString();
        return name.endsWith(EXTENSION) ? name.substring(0, name.length() - EXTENSION.length()) : name;
    }

    private Instant startedAt() {
        return report == null ? Instant.MIN : report.startedAt();
    }
}
