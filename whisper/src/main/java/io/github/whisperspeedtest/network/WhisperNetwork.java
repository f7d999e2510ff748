package io.github.whisperspeedtest.network;

import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import java.util.List;

/**
 * A loaded Whisper network: the encoder, and the decoder with its KV cache, as an engine computes them.
 *
 * <p>Owns all native memory of the weights. One thread at a time may use it and what comes from it; what comes from it must be
 * closed before it.
 */
public interface WhisperNetwork extends AutoCloseable {
    /** Returns the hyper-parameters. */
    ModelDimensions dimensions();

    /**
     * Runs the encoder on a batch of windows and prepares the keys and values of the cross-attention.
     *
     * @param windows log-mel spectrograms of one window each: {@code nMels} rows of {@code 2 * nAudioCtx} frames, row after row;
     *     they may be reused once the call returns
     * @throws io.github.whisperspeedtest.error.EngineOutOfMemoryException if there is no memory for so many windows, here or in what
     *     is done with the result; what is open can still be closed, and fewer windows may do
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    EncoderOutput encode(List<float[]> windows);

    /** Frees all memory; does nothing the second time. */
    @Override
    void close();
}
