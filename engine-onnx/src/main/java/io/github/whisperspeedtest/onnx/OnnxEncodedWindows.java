package io.github.whisperspeedtest.onnx;

import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.EncodedWindows;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Windows whose cross-attention keys and values are in native memory. */
final class OnnxEncodedWindows implements EncodedWindows {
    private final OnnxNetwork network;
    private @Nullable CrossAttentionCache cache;

    OnnxEncodedWindows(OnnxNetwork network, CrossAttentionCache cache) {
        this.network = network;
        this.cache = cache;
    }

    private CrossAttentionCache cache() {
        if (cache == null) {
            throw new IllegalStateException("These windows are closed; encode them again.");
        }
        return cache;
    }

    @Override
    public int count() {
        return cache().windows();
    }

    @Override
    public DecoderSession startDecoding(int maxSequencesPerWindow) {
        return new OnnxDecoderSession(network, cache());
    }

    @Override
    public float[][][] crossAttention(int window, int[] tokens, List<AttentionHead> heads) {
        try (OnnxDecoderSession session = new OnnxDecoderSession(network, cache())) {
            session.select(new int[] {window});
            return session.crossAttention(tokens, heads);
        }
    }

    @Override
    public void close() {
        if (cache != null) {
            cache.close();
            network.crossAttentionCaches().giveBack(cache);
            cache = null;
        }
    }
}
