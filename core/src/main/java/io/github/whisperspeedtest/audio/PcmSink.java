package io.github.whisperspeedtest.audio;

import java.io.IOException;

/** Where a decoder puts the sound that it decodes, block by block. */
interface PcmSink {
    /**
     * Says what the samples that follow are like; may be said again between blocks, but must not change.
     *
     * @param sampleRate frames per second
     * @param channels samples per frame
     * @throws MalformedAudioException if such sound cannot be read, or differs from what was said before
     */
    void begin(int sampleRate, int channels) throws IOException;

    /**
     * Takes the next block.
     *
     * @param interleaved samples, full scale being -1 to 1, the channels of a frame side by side
     * @param frames how many frames of the array count
     * @throws MalformedAudioException if a sample is no number
     */
    void write(float[] interleaved, int frames) throws IOException;
}
