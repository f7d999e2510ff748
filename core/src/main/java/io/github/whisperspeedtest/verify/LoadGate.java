package io.github.whisperspeedtest.verify;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Lets models be loaded at once as far as processors and memory allow; one alone always may. */
final class LoadGate {
    /** A model takes its size, and about as much again while it is unpacked or converted. */
    private static final int MEMORY_PER_BYTE = 2;

    /** A JVM with a native library, before it loads anything. */
    private static final long BASE_MEMORY = 200L << 20;

    private final int processors;
    private final LongSupplier freeMemory;
    private int loading;
    private long promised;

    LoadGate() {
        this(Runtime.getRuntime().availableProcessors(), LoadGate::freeMemoryOfThisMachine);
    }

    LoadGate(int processors, LongSupplier freeMemory) {
        this.processors = processors;
        this.freeMemory = freeMemory;
    }

    /** Does the work when there is room for a model of that size. */
    <T> T pass(long modelBytes, Supplier<T> work) throws InterruptedException {
        long need = modelBytes * MEMORY_PER_BYTE + BASE_MEMORY;
        enter(need);
        try {
            return work.get();
        } finally {
            leave(need);
        }
    }

    private synchronized void enter(long need) throws InterruptedException {
        // What is promised may be taken already or not yet; to count it always errs on the safe side.
        while (loading > 0 && (loading >= processors || need > freeMemory.getAsLong() - promised)) {
            wait();
        }
        loading++;
        promised += need;
    }

    private synchronized void leave(long need) {
        loading--;
        promised -= need;
        notifyAll();
    }

    /** Returns what could be used without swapping: on Linux what the kernel itself reckons (proc(5), MemAvailable). */
    private static long freeMemoryOfThisMachine() {
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc/meminfo"));
            for (String line : lines) {
                if (line.startsWith("MemAvailable:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
                }
            }
        } catch (IOException e) {
            // No Linux.
        }
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getFreeMemorySize()
                : 0;
    }
}
