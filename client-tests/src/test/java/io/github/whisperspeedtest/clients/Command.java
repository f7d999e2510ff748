package io.github.whisperspeedtest.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program that ran.
 *
 * @param exitCode its exit code
 * @param output what it printed
 * @param errors what it printed to standard error
 */
record Command(int exitCode, String output, String errors) {
    private static final long LIMIT_MINUTES = 3;

    /** Runs a program in a directory, where its output is kept. */
    static Command run(Path directory, List<String> line) throws IOException, InterruptedException {
        Path output = Files.createTempFile(directory, "output", ".txt");
        Path errors = Files.createTempFile(directory, "errors", ".txt");
        Process process = new ProcessBuilder(line)
                .directory(directory.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        process.getOutputStream().close();
        try {
            if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
                throw new IllegalStateException(line + " does not end. " + Files.readString(errors));
            }
            return new Command(process.exitValue(), Files.readString(output), Files.readString(errors));
        } finally {
            process.destroyForcibly();
        }
    }
}
