package io.github.whisperspeedtest.vad;

import io.github.whisperspeedtest.audio.Audio;
import java.util.List;

/**
 * A loaded model that hears where somebody speaks; owns all its native memory.
 *
 * <p>One thread at a time may use it.
 */
public interface VoiceActivityDetector extends AutoCloseable {
    /**
     * Finds the speech of a recording.
     *
     * <p>Interrupting the thread ends the work soon; the thread stays interrupted.
     *
     * @param audio 16 kHz mono
     * @param checkpoint is run many times a second while the work goes on; what it throws ends the work and is passed on
     * @return spans inside the audio, rising and not overlapping; empty where nobody speaks
     * @throws io.github.whisperspeedtest.error.OperationCancelledException if the thread is interrupted
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     * @throws IllegalStateException if the detector was closed before
     */
    List<SpeechSpan> detect(Audio audio, Runnable checkpoint);

    /** Finds the speech of a recording without running anything meanwhile. */
    default List<SpeechSpan> detect(Audio audio) {
        return detect(audio, () -> {});
    }

    /** Frees all memory; does nothing the second time. */
    @Override
    void close();
}
