package io.github.whisperspeedtest.process;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a child JVM cost.
 *
 * @param wall time from its start to its end
 * @param peakMemoryBytes the most physical memory it held, native memory included; null where the system does not tell
 */
public record ProcessStats(Duration wall, @Nullable Long peakMemoryBytes) {
    /** Checks that the time is there. */
    public ProcessStats {
        Objects.requireNonNull(wall, "wall");
    }
}
