package io.github.whisperspeedtest.benchmark;

import java.util.Objects;

/**
 * What makes results of two benchmarks those of the same machine.
 *
 * @param chip the processor, such as {@code Apple M2 Pro}
 * @param cores logical processors available to the benchmark
 */
public record Machine(String chip, int cores) {
    /** Checks that the chip is not null. */
    public Machine {
        Objects.requireNonNull(chip, "chip");
    }

    /** Returns the machine of an environment. */
    public static Machine of(BenchmarkEnvironment environment) {
        return new Machine(environment.chip(), environment.cores());
    }

    /** Returns the machine in a few words, such as {@code Apple M2 Pro, 10 cores}. */
    public String describe() {
        return chip + ", " + cores + (cores == 1 ? " core" : " cores");
    }
}
