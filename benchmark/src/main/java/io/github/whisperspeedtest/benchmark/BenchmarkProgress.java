package io.github.whisperspeedtest.benchmark;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The progress of measuring one implementation.
 *
 * @param stage the current stage
 * @param number number of the run within the stage, from 1
 * @param took its duration, null while it is running
 */
public record BenchmarkProgress(
        Stage stage, int number, @Nullable Duration took) {
    /** Checks that the stage is not null. */
    public BenchmarkProgress {
        Objects.requireNonNull(stage, "stage");
    }

    /** The stages of a measurement, in order. */
    public enum Stage {
        /** Loading the model. */
        LOAD,
        /** A run that does not count. */
        WARM_UP,
        /** A run that counts. */
        RUN,
        /** Hashing the files of the model after the runs; the number is the percentage of the current file. */
        HASH
    }
}
