package io.github.whisperspeedtest.torch;

import ai.djl.pytorch.jni.IValue;
import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.network.GreedyRules;
import io.github.whisperspeedtest.network.GreedySession;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Windows as the cross-attention keys and values of the decoder. */
final class TorchEncoderOutput implements EncoderOutput {
    /** Enough to make the call overhead negligible, and few enough for quick cancellation. */
    private static final int STEPS_PER_CALL = 32;

    private final TorchNetwork network;
    private final int count;
    private final int positions;
    private @Nullable IValue crossCache;

    /**
     * Takes ownership of the cache.
     *
     * @param crossCache for each block of the decoder keys and values
     * @param count number of windows
     * @param positions positions of each
     */
    TorchEncoderOutput(TorchNetwork network, IValue crossCache, int count, int positions) {
        this.network = network;
        this.crossCache = crossCache;
        this.count = count;
        this.positions = positions;
    }

    private IValue crossCache() {
        if (crossCache == null) {
            throw new IllegalStateException("This encoder output is closed; encode the windows again.");
        }
        return crossCache;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public DecoderSession startDecoding(int maxSequencesPerWindow) {
        return new TorchDecoderSession(new DecoderState(network, crossCache(), count));
    }

    @Override
    public Optional<GreedySession> startGreedy(
            int[] windows, int[][] prompts, int startOfTranscript, GreedyRules rules) {
        return Optional.of(startGreedy(windows, prompts, startOfTranscript, rules, STEPS_PER_CALL));
    }

    GreedySession startGreedy(
            int[] windows, int[][] prompts, int startOfTranscript, GreedyRules rules, int stepsPerCall) {
        DecoderState state = new DecoderState(network, crossCache(), count);
        try {
            if (windows.length < count) {
                state.select(windows);
            }
            return new TorchGreedySession(state, prompts, startOfTranscript, rules, stepsPerCall);
        } catch (RuntimeException | Error e) {
            state.close();
            throw e;
        }
    }

    @Override
    public float[][][] crossAttention(int window, int[] tokens, List<AttentionHead> heads) {
        try (DecoderState state = new DecoderState(network, crossCache(), count)) {
            if (count > 1) {
                state.select(new int[] {window});
            }
            return state.crossAttention(tokens, heads, positions);
        }
    }

    @Override
    public void close() {
        if (crossCache != null) {
            crossCache.close();
            crossCache = null;
        }
    }
}
