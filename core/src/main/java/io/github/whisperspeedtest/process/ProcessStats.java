package io.github.whisperspeedtest.process;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Time and memory that a child JVM used.
 *
 * @param wall time from its start to its end
 * @param peakMemoryBytes peak of its physical memory, native memory included; null if the system does not report it
 */
public record ProcessStats(Duration wall, @Nullable Long peakMemoryBytes) {
    /** Checks that the time is not null. */
    public ProcessStats {
        Objects.requireNonNull(wall, "wall");
    }
}
