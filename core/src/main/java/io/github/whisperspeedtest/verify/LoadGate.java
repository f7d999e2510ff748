package io.github.whisperspeedtest.verify;

import io.github.whisperspeedtest.system.AvailableMemory;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Limits concurrent model loads to the available processors and memory. A single load is always allowed. */
final class LoadGate {
    /** Factor of the size of a model's files. Unpacking or converting a model needs about its size again. */
    private static final int MEMORY_PER_BYTE = 2;

    /** Memory of a JVM with a native library before it loads a model. */
    private static final long BASE_MEMORY = 200L << 20;

    private final int processors;
    private final LongSupplier freeMemory;
    private int loading;
    private long reserved;

    LoadGate() {
        this(Runtime.getRuntime().availableProcessors(), LoadGate::freeMemoryOfThisMachine);
    }

    LoadGate(int processors, LongSupplier freeMemory) {
        this.processors = processors;
        this.freeMemory = freeMemory;
    }

    /** Runs the work once enough memory is free for a model of that size. */
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
        // Reserved memory may already be in use. Always subtracting it errs on the safe side.
        while (loading > 0 && (loading >= processors || need > freeMemory.getAsLong() - reserved)) {
            wait();
        }
        loading++;
        reserved += need;
    }

    private synchronized void leave(long need) {
        loading--;
        reserved -= need;
        notifyAll();
    }

    static long freeMemoryOfThisMachine() {
        return AvailableMemory.bytes().orElseGet(LoadGate::freePages);
    }

    private static long freePages() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getFreeMemorySize()
                : 0;
    }
}
