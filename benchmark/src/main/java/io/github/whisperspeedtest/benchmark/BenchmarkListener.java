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
     * Called when the measurement of a candidate advances.
     *
     * @param candidate the candidate
     * @param progress the current progress
     */
    default void onProgress(Candidate candidate, BenchmarkProgress progress) {}

    /**
     * Called after each round, when a candidate has failed, and at the end of each group of candidates.
     *
     * @param reportSoFar the report so far, with the candidates that have failed or have finished a round
     */
    default void onUpdate(BenchmarkReport reportSoFar) {}
}
