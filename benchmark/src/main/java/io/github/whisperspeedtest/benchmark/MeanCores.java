package io.github.whisperspeedtest.benchmark;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The average number of cores in use during timed runs: CPU time divided by wall time.
 *
 * @param own cores used by the measured process
 * @param others cores used by all other processes, null if the system does not report it
 * @param stolen cores used by other virtual machines of the hypervisor, null if the system does not report it
 */
public record MeanCores(
        double own, @Nullable Double others, @Nullable Double stolen) {
    static Optional<MeanCores> of(List<Duration> runs, List<CpuUsage> cpu) {
        if (cpu.isEmpty()) {
            return Optional.empty();
        }
        double wall = runs.stream().mapToLong(Duration::toNanos).sum();
        return Optional.of(new MeanCores(
                cpu.stream().mapToLong(usage -> usage.own().toNanos()).sum() / wall,
                mean(cpu, CpuUsage::others, wall),
                mean(cpu, CpuUsage::stolen, wall)));
    }

    private static @Nullable Double mean(List<CpuUsage> cpu, Function<CpuUsage, @Nullable Duration> part, double wall) {
        long sum = 0;
        for (CpuUsage usage : cpu) {
            Duration time = part.apply(usage);
            if (time == null) {
                return null;
            }
            sum += time.toNanos();
        }
        return sum / wall;
    }

    /** Returns a text such as {@code 1.8 cores used, 0.1 by other programs}. */
    String describe() {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%.1f cores used", own));
        if (others != null) {
            text.append(String.format(Locale.ROOT, ", %.1f by other programs", others));
        }
        if (stolen != null) {
            text.append(String.format(Locale.ROOT, ", %.1f by other virtual machines", stolen));
        }
        return text.toString();
    }
}
