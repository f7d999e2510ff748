package io.github.whisperspeedtest.audio;

import java.io.IOException;

/** Receives decoded samples block by block. */
interface PcmSink {
    /**
     * Sets the format of the following samples. May be called again between blocks, with a different format.
     *
     * @param sampleRate frames per second
     * @param channels samples per frame
     * @throws MalformedAudioException if the format is not supported
     */
    void begin(int sampleRate, int channels) throws IOException;

    /**
     * Receives the next block.
     *
     * @param interleaved samples with full scale from -1 to 1, the channels of a frame side by side
     * @param frames number of valid frames in the array
     * @throws MalformedAudioException if most samples are not numbers
     */
    void write(float[] interleaved, int frames) throws IOException;

    /** Receives a warning for readers of the transcript, as full sentences that do not name the recording. */
    void warn(String warning);
}
