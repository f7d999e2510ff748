package io.github.whisperspeedtest.network;

import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import java.util.List;

/**
 * A loaded Whisper network: the encoder, and the decoder with its KV cache, computed by an engine.
 *
 * <p>Owns the native memory of the weights. Only one thread at a time may use it and the objects that it returns, which
 * must be closed before it.
 */
public interface WhisperNetwork extends AutoCloseable {
    /** Returns the hyper-parameters. */
    ModelDimensions dimensions();

    /**
     * Runs the encoder on a batch of windows and prepares the keys and values of the cross-attention.
     *
     * <p>Windows may be shorter than {@code 2 * nAudioCtx} frames: the encoder then computes only their positions, the first ones.
     * A network of fixed shape refuses that; its backend does not declare
     * {@link io.github.whisperspeedtest.transcription.TranscribeOption#AUDIO_CONTEXT}.
     *
     * @param windows log-mel spectrograms of one window each: {@code nMels} rows of an even number of frames, up to
     *     {@code 2 * nAudioCtx} and the same for all, row after row; they may be reused once the call returns
     * @throws IllegalArgumentException if the windows have another shape
     * @throws io.github.whisperspeedtest.error.EngineOutOfMemoryException if memory is insufficient for the batch, here
     *     or while the result is used; open objects can still be closed, and a smaller batch may succeed
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    EncoderOutput encode(List<float[]> windows);

    /** Frees all memory; does nothing the second time. */
    @Override
    void close();
}
