package io.github.whisperspeedtest.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory that this process really occupies, native allocations included. */
public final class ResidentMemory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private ResidentMemory() {}

    /** Returns whether the system tells. */
    public static boolean isKnown() {
        return Files.isReadable(STATUS);
    }

    /** Returns the resident set's size in bytes, garbage of the Java heap collected first. */
    public static long bytes() throws IOException {
        System.gc();
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }
}
