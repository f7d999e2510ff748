package io.github.whisperspeedtest.vad;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.transcription.VadOptions;
import java.util.List;

/**
 * A loaded voice activity detection model. Owns all its native memory.
 *
 * <p>Only one thread at a time may use it, apart from its {@linkplain #openStream streams}.
 */
public interface VoiceActivityDetector extends AutoCloseable {
    /**
     * Finds the speech of a recording.
     *
     * <p>Interrupting the thread ends the work soon; the thread stays interrupted.
     *
     * @param audio 16 kHz mono
     * @param options what counts as speech
     * @param checkpoint called many times a second during the work; an exception from it ends the work and is passed to
     *     the caller
     * @return spans inside the audio, rising and not overlapping; empty if there is no speech
     * @throws io.github.whisperspeedtest.error.OperationCancelledException if the thread is interrupted
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     * @throws IllegalStateException if the detector was closed before
     */
    List<SpeechSpan> detect(Audio audio, VadOptions options, Runnable checkpoint);

    /**
     * Returns a decision for each frame of a new stream, for audio that is not complete yet. It ends with this detector, whose other
     * calls it does not disturb; any thread may use it, also during other calls.
     *
     * @throws IllegalStateException if the detector was closed before
     */
    SpeechProbability openStream();

    /** Frees all memory; does nothing the second time. */
    @Override
    void close();
}
