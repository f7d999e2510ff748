package io.github.whisperspeedtest.vad;

import io.github.whisperspeedtest.audio.Audio;
import java.util.Objects;

/**
 * Removes non-speech from a recording.
 *
 * <p>Only one thread at a time may use it.
 */
public interface SpeechFilter extends AutoCloseable {
    /** Returns a filter that keeps the speech found by a detector. Closing the filter closes the detector. */
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
     * @param checkpoint called many times a second during the work; an exception from it ends the work and is passed to
     *     the caller
     * @throws io.github.whisperspeedtest.error.OperationCancelledException if the thread is interrupted
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     * @throws IllegalStateException if the filter was closed before
     */
    FilteredAudio filter(Audio audio, Runnable checkpoint);

    /** Returns the speech of a recording without a checkpoint. */
    default FilteredAudio filter(Audio audio) {
        return filter(audio, () -> {});
    }

    /** Frees all memory; does nothing the second time. */
    @Override
    void close();
}
