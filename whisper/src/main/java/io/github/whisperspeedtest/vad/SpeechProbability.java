package io.github.whisperspeedtest.vad;

/**
 * Decides about the frames of one stream of audio, in order. Each stream has a state of its own, so several streams can share a
 * {@link VoiceActivityDetector}.
 *
 * <p>Only one thread at a time may use it.
 */
@FunctionalInterface
public interface SpeechProbability {
    /**
     * Returns the probability that the next frame of the stream is speech.
     *
     * @param frame {@link SpeechSegmenter#FRAME_SAMPLES} samples of 16 kHz mono, which follow those of the frame before
     * @return 0 to 1
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     * @throws IllegalStateException if the detector was closed before
     */
    float next(float[] frame);
}
