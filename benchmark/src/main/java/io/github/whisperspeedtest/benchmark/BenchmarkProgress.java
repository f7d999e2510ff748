package io.github.whisperspeedtest.benchmark;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far the measurement of one implementation is.
 *
 * @param stage the current stage
 * @param number which one of that stage, from 1
 * @param took how long it took, null while it is under way
 */
public record BenchmarkProgress(
        Stage stage, int number, @Nullable Duration took) {
    /** Checks that the stage is there. */
    public BenchmarkProgress {
        Objects.requireNonNull(stage, "stage");
    }

    /** The stages of a measurement, in order. */
    public enum Stage {
        /** The model is loaded. */
        LOAD,
        /** A run that does not count. */
        WARM_UP,
        /** A run that counts. */
        RUN
    }
}
