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
     * @param windows log-mel spectrograms of one window each: {@code nMels} rows of {@code 2 * nAudioCtx} frames, row
     *     after row; they may be reused once the call returns
     * @throws io.github.whisperspeedtest.error.EngineOutOfMemoryException if memory is insufficient for the batch, here
     *     or while the result is used; open objects can still be closed, and a smaller batch may succeed
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    EncoderOutput encode(List<float[]> windows);

    /** Frees all memory; does nothing the second time. */
    @Override
    void close();
}
