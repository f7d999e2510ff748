package io.github.whisperspeedtest.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The memory that new processes can use without making the system swap. */
final class AvailableMemory {
    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final Pattern AVAILABLE = Pattern.compile("(?m)^MemAvailable:\\s*(\\d+) kB$");

    /** Other systems count cached files as used, so their free memory says little. */
    private static final double SHARE_OF_TOTAL = 0.6;

    /** Left for other programs and for what the estimates miss. */
    private static final double USABLE = 0.85;

    private AvailableMemory() {}

    /** Returns the number of bytes. A container's limit counts. */
    static long bytes() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long free = system.getFreeMemorySize();
        try {
            Matcher matcher = AVAILABLE.matcher(Files.readString(MEMINFO));
            if (matcher.find()) {
                // The total is that of the container; its free memory does not count its cached files.
                long machine = Long.parseLong(matcher.group(1)) * 1024;
                return (long) (USABLE * Math.min(machine, system.getTotalMemorySize()));
            }
        } catch (IOException | NumberFormatException e) {
            // Not Linux.
            return (long) Math.max(free, SHARE_OF_TOTAL * system.getTotalMemorySize());
        }
        return (long) Math.max(free, SHARE_OF_TOTAL * system.getTotalMemorySize());
    }
}
