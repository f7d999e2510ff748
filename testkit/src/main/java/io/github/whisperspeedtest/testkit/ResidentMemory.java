package io.github.whisperspeedtest.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The resident memory of this process, native allocations included. */
final class ResidentMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int MAX_ROUNDS = 20;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long SMALL_BYTES = 1 << 20;

    private ResidentMemory() {}

    /** Returns whether the system reports it. */
    static boolean isKnown() {
        return Files.isReadable(STATUS);
    }

    /**
     * Returns the resident set's size in bytes, garbage of the Java heap collected first, and with it the mapped files and the native
     * memory that only garbage refers to.
     */
    static long bytes() throws IOException {
        long last = Long.MAX_VALUE;
        for (int round = 0; round < MAX_ROUNDS; round++) {
            System.gc();
            // A separate thread releases native memory of garbage.
            LockSupport.parkNanos(PAUSE_NANOS);
            long now = read();
            if (now > last - SMALL_BYTES) {
                return Math.min(now, last);
            }
            last = now;
        }
        return last;
    }

    private static long read() throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }
}
