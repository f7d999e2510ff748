package io.github.whisperspeedtest.model;

import com.sun.management.OperatingSystemMXBean;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.system.AvailableMemory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The memory that child JVMs with models need, and the memory that they may use together. */
public final class ModelMemory {
    private static final Logger LOG = LoggerFactory.getLogger(ModelMemory.class);

    /** A JVM with an engine, without weights. */
    static final long BASE_BYTES = 400L << 20;

    /** Weights take up to twice the size of their files while they are converted, and the decoder needs memory for its cache. */
    static final double BYTES_PER_FILE_BYTE = 2.5;

    /** Of systems that do not say how much is available; they count cached files as used, so their free memory says little. */
    private static final double SHARE_OF_TOTAL = 0.6;

    /** The rest is for other programs and for what the estimates miss. */
    private static final double USABLE = 0.85;

    private ModelMemory() {}

    /** Returns how many bytes all child JVMs may use together. A container's limit counts. */
    public static long budget() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return budget(AvailableMemory.bytes(), system.getFreeMemorySize(), system.getTotalMemorySize());
    }

    /**
     * Returns how many bytes all child JVMs may use together.
     *
     * @param available of the whole machine, empty if unknown
     * @param free without cached files
     * @param total of the machine, or of the container; the free memory of a container does not count its cached files
     */
    static long budget(OptionalLong available, long free, long total) {
        return available.isPresent()
                ? (long) (USABLE * Math.min(available.getAsLong(), total))
                : (long) Math.max(free, SHARE_OF_TOTAL * total);
    }

    /** Returns the estimated memory in bytes of a child JVM with a model. */
    public static long estimate(ModelFiles files) {
        long bytes = 0;
        for (Path file : files.byName().values()) {
            try {
                bytes += Files.size(file);
            } catch (IOException e) {
                // Loading the model reports it.
                LOG.debug("Cannot read the size of {}", file, e);
            }
        }
        return BASE_BYTES + (long) (BYTES_PER_FILE_BYTE * bytes);
    }
}
