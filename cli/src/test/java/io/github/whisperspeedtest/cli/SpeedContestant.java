package io.github.whisperspeedtest.cli;

/** An engine with a model that {@link BackendSpeedBenchmark} measures. */
interface SpeedContestant extends AutoCloseable {
    /** The tokens of a window: the most that Whisper writes for one. */
    int TOKENS = 224;

    /**
     * What a run took.
     *
     * @param total all of the run in ms; for a program that measures only its parts, the encoder and {@link #TOKENS} tokens
     * @param encoder the encoder in ms, of all windows
     * @param token a token in ms
     */
    record Times(double total, double encoder, double token) {}

    /** Transcribes the noise once. */
    Times run() throws Exception;

    @Override
    default void close() {}
}
