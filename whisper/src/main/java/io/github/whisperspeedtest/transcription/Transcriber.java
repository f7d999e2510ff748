package io.github.whisperspeedtest.transcription;

import io.github.whisperspeedtest.audio.Audio;

/**
 * A loaded model; owns all its native memory.
 *
 * <p>Any thread may call it. Transcriptions of one transcriber run one after the other.
 */
public interface Transcriber extends AutoCloseable {
    /** Returns what the model really runs with. */
    EngineParameters parameters();

    /**
     * Transcribes audio and returns when all of it is done.
     *
     * <p>Interrupting the thread ends the work at the next window at the latest; the thread stays interrupted.
     *
     * @param audio 16 kHz mono
     * @param options what is wanted
     * @param listener is told of segments and progress
     * @throws io.github.whisperspeedtest.error.UnsupportedOptionException if an option cannot be honoured
     * @throws io.github.whisperspeedtest.error.OperationCancelledException if the thread is interrupted or the
     *     transcriber closed meanwhile
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     * @throws IllegalStateException if the transcriber was closed before
     */
    Transcription transcribe(Audio audio, TranscribeOptions options, TranscriptionListener listener);

    /** Transcribes audio without telling anybody meanwhile. */
    default Transcription transcribe(Audio audio, TranscribeOptions options) {
        return transcribe(audio, options, TranscriptionListener.NONE);
    }

    /** Cancels a running transcription, waits for it to end, and frees all memory; does nothing the second time. */
    @Override
    void close();
}
