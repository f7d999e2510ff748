package io.github.whisperspeedtest.onnx;

import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.onnx.session.CrossAttentionCache;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Windows whose cross-attention keys and values are in native memory. */
final class OnnxEncoderOutput implements EncoderOutput {
    private final OnnxNetwork network;
    private final List<OnnxDecoderSession> sessions = new ArrayList<>();
    private @Nullable CrossAttentionCache cache;

    OnnxEncoderOutput(OnnxNetwork network, CrossAttentionCache cache) {
        this.network = network;
        this.cache = cache;
    }

    private CrossAttentionCache cache() {
        if (cache == null) {
            throw new IllegalStateException("This encoder output is closed; encode the windows again.");
        }
        return cache;
    }

    /** Returns whether the keys and values of the first window are numbers. */
    boolean hasNumbers() {
        return cache().hasNumbers();
    }

    @Override
    public int count() {
        return cache().windows();
    }

    @Override
    public DecoderSession startDecoding(int maxSequencesPerWindow) {
        return start();
    }

    private OnnxDecoderSession start() {
        sessions.removeIf(OnnxDecoderSession::isClosed);
        OnnxDecoderSession session = new OnnxDecoderSession(network, cache());
        sessions.add(session);
        return session;
    }

    @Override
    public float[][][] crossAttention(int window, int[] tokens, List<AttentionHead> heads) {
        try (OnnxDecoderSession session = start()) {
            session.select(new int[] {window});
            return session.crossAttention(tokens, heads);
        }
    }

    @Override
    public void close() {
        if (cache != null) {
            // The sessions read this memory, which will be reused.
            sessions.forEach(OnnxDecoderSession::close);
            cache.close();
            network.crossAttentionCaches().release(cache);
            cache = null;
        }
    }
}
