package io.github.whisperspeedtest.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Keys and values of the decoder's cross-attention for a batch of windows, as the encoder's graph writes them. */
final class CrossAttentionCache {
    private final ModelDimensions dimensions;
    private final List<NativeFloats> layers = new ArrayList<>();
    private final List<OnnxTensor> tensors = new ArrayList<>();
    private int windows;

    CrossAttentionCache(OrtEnvironment environment, ModelDimensions dimensions) {
        this.dimensions = dimensions;
        for (int i = 0; i < 2 * dimensions.nTextLayer(); i++) {
            layers.add(new NativeFloats(environment, windowSize()));
        }
    }

    private int windowSize() {
        return dimensions.nTextState() * dimensions.nAudioCtx();
    }

    int windows() {
        return windows;
    }

    /** Makes room for a number of windows, losing what is there. */
    void clear(int count) {
        windows = count;
        close();
        int heads = dimensions.nTextHead();
        int headWidth = dimensions.nTextState() / heads;
        for (int i = 0; i < layers.size(); i++) {
            NativeFloats layer = layers.get(i);
            layer.ensureCapacity((long) count * windowSize());
            tensors.add(
                    i % 2 == 0
                            ? layer.tensor(count, heads, headWidth, dimensions.nAudioCtx())
                            : layer.tensor(count, heads, dimensions.nAudioCtx(), headWidth));
        }
    }

    /** Takes over some windows of another cache. */
    void copy(CrossAttentionCache other, int[] chosen) {
        clear(chosen.length);
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
    }

    /** Adds its tensors under the names that they have in both graphs. */
    void putInto(Map<String, OnnxTensor> values) {
        for (int i = 0; i < dimensions.nTextLayer(); i++) {
            values.put(EncoderGraph.keys(i), tensors.get(2 * i));
            values.put(EncoderGraph.values(i), tensors.get(2 * i + 1));
        }
    }

    /** Gives up the tensors; the memory stays for the next use. */
    void close() {
        tensors.forEach(OnnxTensor::close);
        tensors.clear();
    }
}
