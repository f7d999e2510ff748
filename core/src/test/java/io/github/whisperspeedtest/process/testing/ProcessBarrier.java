package io.github.whisperspeedtest.process.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** Starts processes at the same moment. */
public final class ProcessBarrier {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private ProcessBarrier() {}

    /**
     * Waits until a number of processes have called this.
     *
     * @param directory directory where each process creates a file; empty before the first call, created if missing
     * @throws IllegalStateException if the others do not come within a minute
     */
    public static void await(Path directory, int processes) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Files.createFile(directory.resolve(Long.toString(ProcessHandle.current().pid())));
        long end = System.nanoTime() + LIMIT.toNanos();
        while (count(directory) < processes) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("Only " + count(directory) + " of " + processes + " processes came to "
                        + directory + " within " + LIMIT.toSeconds() + " s");
            }
            Thread.sleep(1);
        }
    }

    private static long count(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.count();
        }
    }
}
