package io.github.whisperspeedtest.onnx;

import ai.onnxruntime.OnnxTensor;
import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.SelectedWindows;
import io.github.whisperspeedtest.onnx.graph.DecoderGraph;
import io.github.whisperspeedtest.onnx.session.CrossAttentionCache;
import io.github.whisperspeedtest.onnx.session.DecoderBuffers;
import io.github.whisperspeedtest.onnx.session.NativeFloats;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Sequences whose keys and values are in native memory that the runtime extends in place. */
final class OnnxDecoderSession implements DecoderSession {
    private static final int[] ONLY = {0};

    private final OnnxNetwork network;
    private final ModelDimensions dimensions;
    private final DecoderBuffers buffers;

    /** The windows that the sequences attend to: the encoder output itself, or a copy of the remaining windows. */
    private CrossAttentionCache windows;

    private Map<String, OnnxTensor> windowTensors;
    private @Nullable CrossAttentionCache ownWindows;

    /** The tokens of each sequence, to find common prefixes. */
    private int[][] history;

    private int length;
    private boolean closed;

    OnnxDecoderSession(OnnxNetwork network, CrossAttentionCache windows) {
        this.network = network;
        this.windows = windows;
        windowTensors = windows.decoderInputs();
        dimensions = network.dimensions();
        history = new int[windows.windows()][dimensions.nTextCtx()];
        buffers = network.decoderBuffers().acquire();
        buffers.cache().clear(windows.windows());
    }

    @Override
    public int sequences() {
        return history.length;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public void append(int[][] tokens, int[] positions, float[][] logits) {
        int count = tokens[0].length;
        if (length == 0 || count == 1 || sequences() == 1) {
            run(tokens, positions, Map.of());
            for (int i = 0; i < logits.length; i++) {
                read(i, logits[i]);
            }
            return;
        }
        // The runtime's attention accepts several tokens for several sequences only at their beginning.
        for (int i = 0; i < count; i++) {
            int column = i;
            run(Arrays.stream(tokens).map(row -> new int[] {row[column]}).toArray(int[][]::new), ONLY, Map.of());
            int wanted = Arrays.binarySearch(positions, i);
            for (int sequence = 0; wanted >= 0 && sequence < tokens.length; sequence++) {
                read(sequence, logits[sequence * positions.length + wanted]);
            }
        }
    }

    private void read(int row, float[] target) {
        buffers.logits().get(row * dimensions.nVocab(), target, 0, dimensions.nVocab());
    }

    private void run(int[][] tokens, int[] positions, Map<String, OnnxTensor> furtherOutputs) {
        checkOpen();
        int count = tokens[0].length;
        if (tokens.length != sequences() || count < 1 || length + count > dimensions.nTextCtx()) {
            throw new IllegalArgumentException(tokens.length + " sequences of " + count + " more tokens do not match "
                    + sequences() + " sequences of " + length + "; the decoder has " + dimensions.nTextCtx()
                    + " positions");
        }
        buffers.cache().ensureLength(length + count, length);
        Map<String, OnnxTensor> inputs = buffers.inputs(windows.windows(), tokens, length, positions);
        inputs.putAll(windowTensors);
        Map<String, OnnxTensor> outputs = buffers.outputs();
        outputs.putAll(windows.decoderOutputs());
        if (!furtherOutputs.isEmpty()) {
            outputs = new HashMap<>(outputs);
            outputs.putAll(furtherOutputs);
        }
        if (!windows.decoderOutputs().isEmpty()) {
            boolean oneTokenEach = count == 1 && sequences() == windows.windows() && furtherOutputs.isEmpty();
            inputs.put(DecoderGraph.ONE_TOKEN_EACH, buffers.oneTokenEach(oneTokenEach));
        }
        network.decoder().run(inputs, outputs);
        for (int i = 0; i < tokens.length; i++) {
            System.arraycopy(tokens[i], 0, history[i], length, count);
        }
        length += count;
    }

    /** Returns the cross-attention scores of the first append to a single sequence. */
    float[][][] crossAttention(int[] tokens, List<AttentionHead> heads) {
        int positions = windows.positions();
        Map<Integer, NativeFloats> scores = new TreeMap<>();
        Map<String, OnnxTensor> outputs = new HashMap<>();
        try {
            for (AttentionHead head : heads) {
                scores.computeIfAbsent(head.layer(), layer -> {
                    NativeFloats memory =
                            buffers.scores(layer, (long) dimensions.nTextHead() * tokens.length * positions);
                    outputs.put(
                            DecoderGraph.crossScores(layer),
                            memory.tensor(1, dimensions.nTextHead(), tokens.length, positions));
                    return memory;
                });
            }
            run(new int[][] {tokens}, new int[] {tokens.length - 1}, outputs);
        } finally {
            outputs.values().forEach(OnnxTensor::close);
        }
        float[][][] wanted = new float[heads.size()][tokens.length][positions];
        for (int i = 0; i < wanted.length; i++) {
            NativeFloats layer = scores.get(heads.get(i).layer());
            for (int token = 0; token < tokens.length; token++) {
                int row = heads.get(i).head() * tokens.length + token;
                layer.buffer().get(row * positions, wanted[i][token], 0, positions);
            }
        }
        return wanted;
    }

    @Override
    public void select(int[] parents) {
        checkOpen();
        int perWindow = sequences() / windows.windows();
        int[] kept = SelectedWindows.of(parents, perWindow);
        int[][] selected = new int[parents.length][];
        int[] common = new int[parents.length];
        for (int i = 0; i < parents.length; i++) {
            selected[i] = history[parents[i]].clone();
            common[i] = i < history.length
                    ? commonLength(history[i], selected[i], i / perWindow, parents[i] / perWindow)
                    : 0;
        }
        buffers.cache().select(parents, common, length);
        history = selected;
        if (kept.length != windows.windows()) {
            dropAllBut(kept);
        }
    }

    /** Returns the number of leading positions that two sequences share; none if they attend to different windows. */
    private int commonLength(int[] one, int[] other, int oneWindow, int otherWindow) {
        if (oneWindow != otherWindow) {
            return 0;
        }
        int mismatch = Arrays.mismatch(one, 0, length, other, 0, length);
        return mismatch < 0 ? length : mismatch;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("This decoder session is closed; start a new one.");
        }
    }

    boolean isClosed() {
        return closed;
    }

    private void dropAllBut(int[] kept) {
        CrossAttentionCache copy = network.crossAttentionCaches().acquire();
        copy.copy(windows, kept);
        releaseOwnWindows();
        ownWindows = copy;
        windows = copy;
        windowTensors = copy.decoderInputs();
    }

    private void releaseOwnWindows() {
        if (ownWindows != null) {
            ownWindows.close();
            network.crossAttentionCaches().release(ownWindows);
            ownWindows = null;
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            releaseOwnWindows();
            buffers.close();
            network.decoderBuffers().release(buffers);
        }
    }
}
