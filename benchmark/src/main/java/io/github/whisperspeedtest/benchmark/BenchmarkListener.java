package io.github.whisperspeedtest.benchmark;

/** Is told of a benchmark while it runs; called on threads of the benchmark, one call at a time. */
public interface BenchmarkListener {
    /** A listener that does nothing. */
    BenchmarkListener NONE = new BenchmarkListener() {};

    /**
     * Called once before anything is measured.
     *
     * @param report the environment and settings, without results
     */
    default void onStart(BenchmarkReport report) {}

    /**
     * Called when an implementation gets further.
     *
     * @param implementation id of the implementation
     * @param progress how far it is
     */
    default void onProgress(String implementation, BenchmarkProgress progress) {}

    /**
     * Called when an implementation is done, successfully or not.
     *
     * @param reportSoFar everything until now, the new result last
     */
    default void onResult(BenchmarkReport reportSoFar) {}
}
