package io.github.whisperspeedtest.process;

import java.io.IOException;
import java.time.Duration;

/**
 * A way in which a system tells how much physical memory another process has used.
 *
 * <p>{@link ChildJvm.Builder#memoryMeter} replaces {@linkplain #ofSystem() the one that core has}, for example with one that calls native code.
 */
public interface MemoryMeter {
    /** Returns the one that needs no native code: {@code /proc} on Linux, {@code ps} on macOS; none on other systems. */
    static MemoryMeter ofSystem() {
        return SystemMemoryMeter.OF_THIS_SYSTEM;
    }

    /** Returns what it measures, for reports, such as {@code VmHWM}; empty if it measures nothing. */
    String measure();

    /**
     * Returns the memory of a process in bytes, 0 if it is unknown or the process has ended.
     *
     * @throws IOException if the system does not answer, as for a process that has ended
     */
    long bytes(long pid) throws IOException, InterruptedException;

    /**
     * Returns whether it is the peak since the start of the process, which a system call reads in microseconds; otherwise it is the present
     * size, and the peak between two samples is missed.
     */
    boolean isPeak();

    /** Returns the time between two samples. */
    Duration interval();
}
