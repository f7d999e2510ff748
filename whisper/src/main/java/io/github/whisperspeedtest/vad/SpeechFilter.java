package io.github.whisperspeedtest.vad;

import io.github.whisperspeedtest.audio.Audio;
import java.util.Objects;

/**
 * Cuts out of a recording what is no speech.
 *
 * <p>One thread at a time may use it.
 */
public interface SpeechFilter extends AutoCloseable {
    /** Returns a filter that keeps what a detector takes for speech; closing it closes the detector. */
    static SpeechFilter of(VoiceActivityDetector detector) {
        Objects.requireNonNull(detector, "detector");
        return new SpeechFilter() {
            @Override
            public FilteredAudio filter(Audio audio, Runnable checkpoint) {
                return FilteredAudio.of(audio, detector.detect(audio, checkpoint));
            }

            @Override
            public void close() {
                detector.close();
            }
        };
    }

    /**
     * Returns the speech of a recording.
     *
     * <p>Interrupting the thread ends the work soon; the thread stays interrupted.
     *
     * @param audio 16 kHz mono
     * @param checkpoint is run many times a second while the work goes on; what it throws ends the work and is passed on
     * @throws io.github.whisperspeedtest.error.OperationCancelledException if the thread is interrupted
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     * @throws IllegalStateException if the filter was closed before
     */
    FilteredAudio filter(Audio audio, Runnable checkpoint);

    /** Returns the speech of a recording without running anything meanwhile. */
    default FilteredAudio filter(Audio audio) {
        return filter(audio, () -> {});
    }

    /** Frees all memory; does nothing the second time. */
    @Override
    void close();
}
