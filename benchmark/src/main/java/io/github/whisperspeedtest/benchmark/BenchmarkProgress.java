package io.github.whisperspeedtest.benchmark;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far the measurement of one implementation is.
 *
 * @param stage what it is at
 * @param number which one of that stage, from 1
 * @param took how long it took, null while it is under way
 */
public record BenchmarkProgress(
        Stage stage, int number, @Nullable Duration took) {
    /** Checks that the stage is there. */
    public BenchmarkProgress {
        Objects.requireNonNull(stage, "stage");
    }

    /** What a measurement consists of, in order. */
    public enum Stage {
        /** The model is loaded. */
        LOAD,
        /** A run that does not count. */
        WARM_UP,
        /** A run that counts. */
        RUN
    }
}
