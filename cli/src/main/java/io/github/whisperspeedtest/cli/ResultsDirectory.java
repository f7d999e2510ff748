package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.benchmark.JsonReport;
import io.github.whisperspeedtest.benchmark.SavedReport;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.settings.Settings;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** The directory of saved benchmark results, in files named after their start time. */
record ResultsDirectory(Path directory) {
    private static final DateTimeFormatter FILE_TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    /** Returns the file of the HTML page beside a saved result. */
    static Path pageOf(Path result) {
        return result.resolveSibling(result.getFileName().toString().replaceFirst("\\.json$", "") + ".html");
    }

    /** The name of the newest results. */
    static final String LATEST = "latest";

    /** Returns the directory in the tool home. */
    static ResultsDirectory of(WhisperSpeedtest library) {
        return new ResultsDirectory(library.home().data().resolve("results"));
    }

    /** Returns all readable results, newest first, and a warning for every other file. */
    List<SavedReport> readable(Terminal terminal) throws IOException {
        List<SavedReport> all = SavedReport.in(directory);
        all.stream()
                .filter(saved -> saved.report() == null)
                .forEach(saved -> terminal.err().println("warning: " + saved.problem()));
        return all.stream().filter(saved -> saved.report() != null).toList();
    }

    /**
     * Finds results.
     *
     * @param name {@code latest}; a number of {@code results list}, 1 for the newest; a file; or the name of a file of this directory, with or
     *     without its extension
     * @throws WhisperSpeedtestException if there are none, or the file is not a report
     */
    SavedReport find(String name) throws IOException {
        if (name.equals(LATEST) || name.matches("[1-9]\\d{0,8}")) {
            List<SavedReport> reports = SavedReport.in(directory).stream()
                    .filter(saved -> saved.report() != null)
                    .toList();
            int number = name.equals(LATEST) ? 1 : Integer.parseInt(name);
            if (number <= reports.size()) {
                return reports.get(number - 1);
            }
            throw missing(
                    reports.isEmpty()
                            ? "There are no saved results in " + directory + "."
                            : "There are no results number " + number + "; " + reports.size() + " are saved in "
                                    + directory + ".");
        }
        Path given = Settings.ofProcess().paths().expand(name);
        Path saved = directory.resolve(given);
        Path named = directory.resolve(given + ".json");
        for (Path file : List.of(given, saved, named)) {
            if (Files.exists(file)) {
                return new SavedReport(file, JsonReport.read(file), null);
            }
        }
        throw missing("There is no file " + given + ", and no results of this name in " + directory + ".");
    }

    private static WhisperSpeedtestException missing(String what) {
        return new WhisperSpeedtestException(
                ErrorKind.USER,
                what + " Type 'whisper-speedtest results list' to see the saved results, or run a benchmark first.");
    }

    /**
     * Creates an empty file that no other benchmark uses, even one that started in the same second.
     *
     * @throws IOException if it cannot be created
     */
    Path claim(Instant startedAt) throws IOException {
        Files.createDirectories(directory);
        String stem = "benchmark-" + FILE_TIME.format(startedAt);
        for (int number = 1; ; number++) {
            Path file = directory.resolve(stem + (number == 1 ? "" : "-" + number) + ".json");
            try {
                return Files.createFile(file);
            } catch (FileAlreadyExistsException e) {
                // Taken by another benchmark; try the next number.
            }
        }
    }
}
