package io.github.whisperspeedtest.benchmark;

import com.sun.management.OperatingSystemMXBean;
import io.github.whisperspeedtest.system.AvailableMemory;
import java.lang.management.ManagementFactory;
import java.util.OptionalLong;

/** The memory that the workers of a benchmark may use together. */
final class MemoryBudget {
    /** Of systems that do not say how much is available; they count cached files as used, so their free memory says little. */
    private static final double SHARE_OF_TOTAL = 0.6;

    /** The rest is for other programs and for what the estimates miss. */
    private static final double USABLE = 0.85;

    private MemoryBudget() {}

    /** Returns the number of bytes. A container's limit counts. */
    static long bytes() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return of(AvailableMemory.bytes(), system.getFreeMemorySize(), system.getTotalMemorySize());
    }

    /**
     * Returns the number of bytes.
     *
     * @param available of the whole machine, empty if unknown
     * @param free without cached files
     * @param total of the machine, or of the container; the free memory of a container does not count its cached files
     */
    static long of(OptionalLong available, long free, long total) {
        return available.isPresent()
                ? (long) (USABLE * Math.min(available.getAsLong(), total))
                : (long) Math.max(free, SHARE_OF_TOTAL * total);
    }
}
