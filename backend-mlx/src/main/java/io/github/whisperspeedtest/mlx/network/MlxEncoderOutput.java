package io.github.whisperspeedtest.mlx.network;

import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.mlx.network.Attention.KeysAndValues;
import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.EncoderOutput;
import java.util.List;

/** Windows as the keys and values that the decoder's cross-attention reads. */
final class MlxEncoderOutput implements EncoderOutput {
    private final MlxNetwork network;
    private final List<KeysAndValues> cross;
    private final int count;
    private boolean closed;

    /**
     * Takes arrays over.
     *
     * @param cross keys and values for each layer of the decoder
     */
    MlxEncoderOutput(MlxNetwork network, List<KeysAndValues> cross, int count) {
        this.network = network;
        this.cross = cross;
        this.count = count;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public DecoderSession startDecoding(int maxSequencesPerWindow) {
        return session();
    }

    private MlxDecoderSession session() {
        checkOpen();
        return new MlxDecoderSession(network, this, cross, count);
    }

    @Override
    public float[][][] crossAttention(int window, int[] tokens, List<AttentionHead> heads) {
        try (MlxDecoderSession session = session()) {
            if (count > 1) {
                session.select(new int[] {window});
            }
            return session.crossAttention(tokens, heads);
        }
    }

    void checkOpen() {
        if (closed) {
            throw new IllegalStateException("This encoder output is closed; encode the windows again.");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            network.runtime().run(() -> cross.forEach(KeysAndValues::close));
        }
    }
}
