package io.github.whisperspeedtest.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** The directory of saved benchmark results, in files named after their start time. */
record ResultsDirectory(Path directory) {
    private static final DateTimeFormatter FILE_TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    /** Returns the file of the HTML page beside a saved result. */
    static Path pageOf(Path result) {
        return result.resolveSibling(result.getFileName().toString().replaceFirst("\\.json$", "") + ".html");
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
