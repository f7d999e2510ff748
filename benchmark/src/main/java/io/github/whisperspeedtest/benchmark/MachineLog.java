package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.benchmark.machine.MachineState;
import io.github.whisperspeedtest.process.MemoryMeter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The state of the machine during a benchmark.
 *
 * @param before the state before the first candidate started
 * @param after the state after the last round so far
 * @param warnings what in these states affects the results, as sentences
 * @param memoryMeasure what the peak memory of the results is: {@code VmHWM} of Linux, {@code ri_lifetime_max_phys_footprint} or
 *     {@code rss of ps} on macOS; null if it is not measured, and in reports of early versions
 */
public record MachineLog(
        MachineState before,
        MachineState after,
        List<String> warnings,
        @Nullable String memoryMeasure) {
    private static final String SAMPLED_MEMORY =
            "Peak memory is the largest of the sizes that were sampled, without compressed memory and all memory of the GPU.";

    /** Copies the list. */
    public MachineLog {
        Objects.requireNonNull(before, "before");
        Objects.requireNonNull(after, "after");
        warnings = List.copyOf(warnings);
    }

    /**
     * Starts a log.
     *
     * @param meter measures the memory of the workers
     */
    static MachineLog start(MemoryMeter meter) {
        return start(MachineState.sample(), meter);
    }

    static MachineLog start(MachineState state, MemoryMeter meter) {
        List<String> warnings = new ArrayList<>(state.warnings());
        if (!meter.measure().isEmpty() && !meter.isPeak()) {
            warnings.add(SAMPLED_MEMORY);
        }
        return new MachineLog(state, state, warnings, meter.measure().isEmpty() ? null : meter.measure());
    }

    /** Returns the log with the present state. */
    MachineLog next() {
        return next(MachineState.sample());
    }

    /** Returns the log with another state. What was so in an earlier round, such as heat, affects the results all the same. */
    MachineLog next(MachineState now) {
        Set<String> all = new LinkedHashSet<>(warnings);
        all.removeAll(after.warningsSince(before));
        all.addAll(now.warnings());
        all.addAll(now.warningsSince(before));
        return new MachineLog(before, now, new ArrayList<>(all), memoryMeasure);
    }
}
