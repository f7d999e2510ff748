package io.github.whisperspeedtest.audio;

/**
 * Mixes and resamples a signal of any rate and number of channels to 16 kHz mono while it arrives.
 *
 * <p>Output lags behind input by half the length of a filter, at most 5 ms at the usual rates, and by half a second if there are
 * several channels, which are compared in blocks of that length.
 */
public final class StreamingResampler {
    private final Resampler resampler;
    private final ChannelMixer mixer;

    /**
     * Creates a resampler.
     *
     * @param sampleRate input samples per second and channel, positive
     * @param channels number of input channels, positive
     * @param output receives the signal; called within {@link #write} and {@link #finish}
     */
    public StreamingResampler(int sampleRate, int channels, SampleConsumer output) {
        resampler = new Resampler(sampleRate, output);
        mixer = new ChannelMixer(sampleRate, channels, (samples, length) -> resampler.write(samples, 0, length));
    }

    /**
     * Adds samples.
     *
     * @param interleaved values from -1 to 1, one per channel and frame
     * @param frames number of frames
     */
    public void write(float[] interleaved, int frames) {
        mixer.write(interleaved, frames);
    }

    /** Returns the number of frames for which one channel was read, because the channels cancel out. */
    long cancelledFrames() {
        return mixer.cancelledFrames();
    }

    /** Passes on the rest. */
    public void finish() {
        mixer.finish();
        resampler.finish();
    }
}
