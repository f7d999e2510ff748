package io.github.whisperspeedtest.benchmark;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The CPU usage during one timed run.
 *
 * @param cores logical processors that the measured process may run on
 * @param own CPU time of the measured process, all threads together
 * @param others CPU time of all other processes on these processors, null if the system does not report it or the run was too short
 * @param stolen time that the hypervisor gave to other virtual machines (steal time), null in the same cases
 */
public record CpuUsage(
        int cores,
        Duration own,
        @Nullable Duration others,
        @Nullable Duration stolen) {
    /** Checks the number of processors and that {@code own} is not null. */
    public CpuUsage {
        Objects.requireNonNull(own, "own");
        if (cores < 1) {
            throw new IllegalArgumentException("cores must be at least 1, but was " + cores);
        }
    }

    /**
     * Returns the CPU time that other processes and other virtual machines took from the compute threads of the run. Other processes
     * first use the processors that the run leaves free.
     *
     * @param wall duration of the run
     * @param threads number of compute threads of the run
     */
    Duration contention(Duration wall, int threads) {
        Duration free = wall.multipliedBy(Math.max(0, cores - threads));
        Duration taken = others == null ? Duration.ZERO : others.minus(free);
        return (taken.isNegative() ? Duration.ZERO : taken).plus(stolen == null ? Duration.ZERO : stolen);
    }

    /** Returns the usage of both together. What one of them does not know is unknown. */
    CpuUsage plus(CpuUsage other) {
        return new CpuUsage(
                Math.max(cores, other.cores),
                own.plus(other.own),
                plus(others, other.others),
                plus(stolen, other.stolen));
    }

    private static @Nullable Duration plus(@Nullable Duration one, @Nullable Duration other) {
        return one == null || other == null ? null : one.plus(other);
    }
}
