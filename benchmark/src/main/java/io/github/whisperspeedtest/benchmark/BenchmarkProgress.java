package io.github.whisperspeedtest.benchmark;

import java.util.Objects;

/**
 * The progress of measuring one implementation.
 *
 * @param stage the current stage
 * @param number number of the run within the stage, from 1
 */
public record BenchmarkProgress(Stage stage, int number) {
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
        /** A run that counts; the number is that of the round. */
        RUN,
        /** Transcribing silence and noise after the runs. */
        SILENCE,
        /** Hashing the files of the model after the runs; the number is the percentage of the current file. */
        HASH
    }
}
