package io.github.whisperspeedtest.decoding;

/**
 * The log-mel spectrogram of a recording, 100 frames a second; windows have the layout required by
 * {@link io.github.whisperspeedtest.network.WhisperNetwork#encode}.
 */
interface Spectrogram {
    /** Returns the number of frames that hold audio. */
    long frames();

    /**
     * Computes one window of the recording.
     *
     * @param firstFrame its first frame
     * @param target destination
     */
    void window(long firstFrame, float[] target);

    /**
     * Computes one window of a part of the recording, as if that part were all of it.
     *
     * @param firstFrame the first frame of the part
     * @param frames how many frames it has, no more than a window
     * @param target destination
     */
    void window(long firstFrame, int frames, float[] target);
}
