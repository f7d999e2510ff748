package io.github.whisperspeedtest.audio;

import java.io.IOException;

/** Where a decoder puts the sound that it decodes, block by block. */
interface PcmSink {
    /**
     * Says what the samples that follow are like; may be said again between blocks, and may change there.
     *
     * @param sampleRate frames per second
     * @param channels samples per frame
     * @throws MalformedAudioException if such sound cannot be read
     */
    void begin(int sampleRate, int channels) throws IOException;

    /**
     * Takes the next block.
     *
     * @param interleaved samples, full scale being -1 to 1, the channels of a frame side by side
     * @param frames how many frames of the array count
     * @throws MalformedAudioException if most of the samples are no numbers
     */
    void write(float[] interleaved, int frames) throws IOException;

    /** Takes something that a reader of the transcript should know, as full sentences that do not name the recording. */
    void warn(String warning);
}
