package io.github.whisperspeedtest.onnx.session;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.onnx.graph.CrossAttentionType;
import io.github.whisperspeedtest.onnx.graph.EncoderGraph;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Cross-attention keys and values of the decoder for a batch of windows, as written by the encoder graph. */
public final class CrossAttentionCache {
    /** Divides no dimension of a network, so the numbers differ between rows. */
    private static final int PATTERN_STRIDE = 7;

    private final ModelDimensions dimensions;
    private final List<NativeFloats> layers = new ArrayList<>();
    private final List<OnnxTensor> tensors = new ArrayList<>();
    private final @Nullable ByteCrossAttentionCache bytes;
    private int windows;

    /** Positions of each window. */
    private int positions;

    public CrossAttentionCache(OrtEnvironment environment, ModelDimensions dimensions, CrossAttentionType type) {
        this.dimensions = dimensions;
        positions = dimensions.nAudioCtx();
        bytes = type == CrossAttentionType.INT8 ? new ByteCrossAttentionCache(environment, dimensions) : null;
        for (int i = 0; i < 2 * dimensions.nTextLayer(); i++) {
            layers.add(new NativeFloats(environment, windowSize()));
        }
    }

    private CrossAttentionCache(
            ModelDimensions dimensions, NativeFloats shared, @Nullable ByteCrossAttentionCache bytes) {
        this.dimensions = dimensions;
        positions = dimensions.nAudioCtx();
        this.bytes = bytes;
        layers.addAll(Collections.nCopies(2 * dimensions.nTextLayer(), shared));
    }

    /** Returns one window of some numbers, in memory that serves all layers at once and is not to be written to. */
    public static CrossAttentionCache ofPattern(
            OrtEnvironment environment, ModelDimensions dimensions, CrossAttentionType type) {
        int size = dimensions.nTextState() * dimensions.nAudioCtx();
        NativeFloats numbers = new NativeFloats(environment, size);
        for (int i = 0; i < size; i += PATTERN_STRIDE) {
            numbers.buffer().put(i, 1);
        }
        ByteCrossAttentionCache bytes = type == CrossAttentionType.INT8
                ? ByteCrossAttentionCache.ofPattern(environment, dimensions, PATTERN_STRIDE)
                : null;
        CrossAttentionCache cache = new CrossAttentionCache(dimensions, numbers, bytes);
        cache.clear(1, dimensions.nAudioCtx());
        return cache;
    }

    private int windowSize() {
        return dimensions.nTextState() * positions;
    }

    public int windows() {
        return windows;
    }

    public int positions() {
        return positions;
    }

    /** Makes room for a number of windows with some positions each. The previous content is lost. */
    public void clear(int count, int newPositions) {
        windows = count;
        positions = newPositions;
        close();
        for (NativeFloats layer : layers) {
            layer.ensureCapacity((long) count * windowSize());
        }
        tensors.addAll(tensors(0, count));
        if (bytes != null) {
            bytes.clear(count, positions);
        }
    }

    private List<OnnxTensor> tensors(int first, int count) {
        int heads = dimensions.nTextHead();
        int headWidth = dimensions.nTextState() / heads;
        List<OnnxTensor> made = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            int start = first * windowSize();
            made.add(
                    i % 2 == 0
                            ? layers.get(i).tensorAt(start, count, heads, headWidth, positions)
                            : layers.get(i).tensorAt(start, count, heads, positions, headWidth));
        }
        return made;
    }

    /** Returns tensors of one window only, under their names, to be closed by the caller. */
    public Map<String, OnnxTensor> window(int index) {
        return named(tensors(index, 1));
    }

    /** Copies some windows of another cache. */
    public void copy(CrossAttentionCache other, int[] chosen) {
        clear(chosen.length, other.positions);
        for (int i = 0; i < layers.size(); i++) {
            for (int window = 0; window < chosen.length; window++) {
                layers.get(i)
                        .buffer()
                        .put(
                                window * windowSize(),
                                other.layers.get(i).buffer(),
                                chosen[window] * windowSize(),
                                windowSize());
            }
        }
        if (bytes != null) {
            bytes.copy(Objects.requireNonNull(other.bytes), chosen);
        }
    }

    /** Returns its tensors under their names as outputs of the encoder's graph. */
    public Map<String, OnnxTensor> encoderOutputs() {
        Map<String, OnnxTensor> outputs = named(tensors);
        if (bytes != null) {
            outputs.putAll(bytes.content());
        }
        return outputs;
    }

    /** Returns its tensors under their names as inputs of the decoder's graph. */
    public Map<String, OnnxTensor> decoderInputs() {
        Map<String, OnnxTensor> inputs = encoderOutputs();
        if (bytes != null) {
            inputs.putAll(bytes.extent());
        }
        return inputs;
    }

    /** Returns the outputs of the decoder's graph that share its memory. */
    public Map<String, OnnxTensor> decoderOutputs() {
        return bytes == null ? Map.of() : bytes.presents();
    }

    private Map<String, OnnxTensor> named(List<OnnxTensor> values) {
        Map<String, OnnxTensor> named = new HashMap<>();
        for (int i = 0; i < dimensions.nTextLayer(); i++) {
            named.put(EncoderGraph.keys(i), values.get(2 * i));
            named.put(EncoderGraph.values(i), values.get(2 * i + 1));
        }
        return named;
    }

    /** Returns whether the first and the last keys and values of its first window are numbers. What one layer spoils, all later ones get. */
    public boolean hasNumbers() {
        for (NativeFloats layer : List.of(layers.get(0), layers.get(layers.size() - 1))) {
            for (int i = 0; i < windowSize(); i++) {
                if (!Float.isFinite(layer.buffer().get(i))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Closes the tensors; the memory is kept for reuse. */
    public void close() {
        tensors.forEach(OnnxTensor::close);
        tensors.clear();
        if (bytes != null) {
            bytes.close();
        }
    }
}
