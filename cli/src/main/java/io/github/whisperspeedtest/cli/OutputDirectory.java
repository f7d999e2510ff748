package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.files.DiskErrors;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The directory of {@code -o}. */
final class OutputDirectory {
    private OutputDirectory() {}

    /**
     * Creates the directory before any transcription, so that no work is lost.
     *
     * @param directory null for none
     * @throws ParameterException if it cannot be written
     */
    static void create(CommandSpec command, @Nullable Path directory) {
        if (directory == null) {
            return;
        }
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw unwritable(command, directory, e);
        }
        if (!Files.isWritable(directory)) {
            throw unwritable(command, directory, new AccessDeniedException(directory.toString()));
        }
    }

    private static ParameterException unwritable(CommandSpec command, Path path, IOException cause) {
        return new ParameterException(
                command.commandLine(), "Cannot write " + path + ": " + DiskErrors.reason(cause), cause);
    }
}
