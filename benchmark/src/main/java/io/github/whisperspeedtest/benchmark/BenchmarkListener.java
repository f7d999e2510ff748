package io.github.whisperspeedtest.benchmark;

/** Receives the progress of a benchmark. Called on threads of the benchmark, but never concurrently. */
public interface BenchmarkListener {
    /** Ignores all events. */
    BenchmarkListener NONE = new BenchmarkListener() {};

    /**
     * Called once before the first measurement.
     *
     * @param report the environment and settings, without results
     */
    default void onStart(BenchmarkReport report) {}

    /**
     * Called when the measurement of an implementation advances.
     *
     * @param implementation id of the implementation
     * @param progress the current progress
     */
    default void onProgress(String implementation, BenchmarkProgress progress) {}

    /**
     * Called when an implementation has finished, successfully or not.
     *
     * @param reportSoFar the report so far, with the new result last
     */
    default void onResult(BenchmarkReport reportSoFar) {}
}
