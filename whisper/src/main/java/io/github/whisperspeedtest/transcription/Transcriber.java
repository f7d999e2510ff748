package io.github.whisperspeedtest.transcription;

import io.github.whisperspeedtest.audio.Audio;

/**
 * A loaded model. Owns all its native memory.
 *
 * <p>Thread-safe. Transcriptions of one transcriber run one after the other.
 */
public interface Transcriber extends AutoCloseable {
    /** Returns the parameters that the model actually runs with. */
    EngineParameters parameters();

    /**
     * Returns the options that {@link #transcribe} runs with for the given ones.
     *
     * <p>Options that are left to the implementation, such as {@link Vad#AUTO}, have the values that it chooses. The default returns the
     * options unchanged.
     */
    default TranscribeOptions resolve(TranscribeOptions options) {
        return options;
    }

    /**
     * Transcribes audio and returns when the whole transcription is done.
     *
     * <p>Interrupting the thread ends the work at the next window at the latest; the interrupt status remains set.
     *
     * @param audio 16 kHz mono
     * @param options the options
     * @param listener receives segments and progress
     * @throws io.github.whisperspeedtest.error.UnsupportedOptionException if an option is not supported
     * @throws io.github.whisperspeedtest.error.OperationCancelledException if the thread is interrupted or the
     *     transcriber is closed during the call
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     * @throws IllegalStateException if the transcriber is already closed
     */
    Transcription transcribe(Audio audio, TranscribeOptions options, TranscriptionListener listener);

    /** Transcribes without progress events. */
    default Transcription transcribe(Audio audio, TranscribeOptions options) {
        return transcribe(audio, options, TranscriptionListener.NONE);
    }

    /** Cancels a running transcription, waits for it to end, and frees all memory. Idempotent. */
    @Override
    void close();
}
