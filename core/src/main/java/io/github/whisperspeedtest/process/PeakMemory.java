package io.github.whisperspeedtest.process;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The peak of the physical memory of a process: the maximum of the samples of a meter. */
final class PeakMemory {
    private final MemoryMeter meter;
    private final long pid;
    private long peak;

    /** Prepares to sample a process. */
    PeakMemory(MemoryMeter meter, long pid) {
        this.meter = meter;
        this.pid = pid;
    }

    /** Samples the process if it still runs. */
    void sample() throws InterruptedException {
        try {
            include(meter.bytes(pid));
        } catch (IOException | NumberFormatException e) {
            // The process has ended. Earlier samples remain valid.
            return;
        }
    }

    /** Samples the process if that takes no time worth mentioning. */
    void sampleIfCheap() throws InterruptedException {
        if (meter.isPeak()) {
            sample();
        }
    }

    /** Includes a measurement, such as one of the process itself. */
    void include(long bytes) {
        peak = Math.max(peak, bytes);
    }

    /** Returns the peak in bytes, null if unknown. */
    @Nullable
    Long bytes() {
        return peak == 0 ? null : peak;
    }
}
