package io.github.whisperspeedtest.audio;

/** Receives samples block by block. It copies what it keeps and does not change the array. */
@FunctionalInterface
public interface SampleConsumer {
    /**
     * Receives the next samples.
     *
     * @param samples values from -1 to 1 at {@link Audio#SAMPLE_RATE}, mono
     * @param offset index of the first one
     * @param length number of samples, possibly 0
     */
    void accept(float[] samples, int offset, int length);
}
