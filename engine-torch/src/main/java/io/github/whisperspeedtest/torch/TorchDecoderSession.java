package io.github.whisperspeedtest.torch;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import io.github.whisperspeedtest.network.DecoderSession;

/** The decoder session that copies logits to Java after each step. */
final class TorchDecoderSession implements DecoderSession {
    private final DecoderState state;

    /** Takes ownership of the state. */
    TorchDecoderSession(DecoderState state) {
        this.state = state;
    }

    @Override
    public int sequences() {
        return state.sequences();
    }

    @Override
    public int length() {
        return state.length();
    }

    @Override
    public void append(int[][] tokens, int[] positions, float[][] logits) {
        try (IValue value = state.append(tokens, positions);
                PtNDArray array = value.toTensor(state.manager())) {
            float[] elements = array.toFloatArray();
            int vocabulary = state.network().dimensions().nVocab();
            for (int i = 0; i < logits.length; i++) {
                System.arraycopy(elements, i * vocabulary, logits[i], 0, vocabulary);
            }
        }
    }

    @Override
    public void select(int[] parents) {
        state.select(parents);
    }

    @Override
    public void close() {
        state.close();
    }
}
