package io.github.whisperspeedtest.onnx.session;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.onnx.graph.DecoderGraph;
import io.github.whisperspeedtest.onnx.graph.EncoderGraph;
import io.github.whisperspeedtest.onnx.graph.WeightBuffers;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Cross-attention keys and values as signed bytes with the scales of their channels, as written by the encoder graph. */
final class ByteCrossAttentionCache {
    private final OrtEnvironment environment;
    private final ModelDimensions dimensions;

    /** For each layer the keys and the values. */
    private final List<ByteBuffer> bytes = new ArrayList<>();

    private final List<NativeFloats> scales = new ArrayList<>();

    /** Written by the encoder and read by the decoder. */
    private final Map<String, OnnxTensor> content = new HashMap<>();

    /** Tells the decoder how much of the cache to read. */
    private final Map<String, OnnxTensor> extent = new HashMap<>();

    private final Map<String, OnnxTensor> presents = new HashMap<>();

    /** Positions of each window. */
    private int positions;

    ByteCrossAttentionCache(OrtEnvironment environment, ModelDimensions dimensions) {
        this.environment = environment;
        this.dimensions = dimensions;
        positions = dimensions.nAudioCtx();
        for (int i = 0; i < 2 * dimensions.nTextLayer(); i++) {
            bytes.add(WeightBuffers.allocate(windowSize()));
            scales.add(new NativeFloats(environment, dimensions.nTextState()));
        }
    }

    private ByteCrossAttentionCache(
            OrtEnvironment environment, ModelDimensions dimensions, ByteBuffer sharedBytes, NativeFloats sharedScales) {
        this.environment = environment;
        this.dimensions = dimensions;
        positions = dimensions.nAudioCtx();
        bytes.addAll(Collections.nCopies(2 * dimensions.nTextLayer(), sharedBytes));
        scales.addAll(Collections.nCopies(2 * dimensions.nTextLayer(), sharedScales));
    }

    /**
     * Returns one window of some numbers, in memory that serves all layers at once and is not to be written to.
     *
     * @param stride distance between the numbers that are not zero
     */
    static ByteCrossAttentionCache ofPattern(OrtEnvironment environment, ModelDimensions dimensions, int stride) {
        int size = dimensions.nTextState() * dimensions.nAudioCtx();
        ByteBuffer numbers = WeightBuffers.allocate(size);
        for (int i = 0; i < size; i += stride) {
            numbers.put(i, (byte) 1);
        }
        NativeFloats ones = new NativeFloats(environment, dimensions.nTextState());
        for (int i = 0; i < dimensions.nTextState(); i++) {
            ones.buffer().put(i, 1);
        }
        return new ByteCrossAttentionCache(environment, dimensions, numbers, ones);
    }

    private int windowSize() {
        return dimensions.nTextState() * positions;
    }

    /** Makes room for a number of windows with some positions each. The previous content is lost. */
    void clear(int windows, int newPositions) {
        close();
        positions = newPositions;
        int heads = dimensions.nTextHead();
        int headWidth = dimensions.nTextState() / heads;
        long[] shape = {windows, heads, positions, headWidth};
        try {
            for (int i = 0; i < bytes.size(); i++) {
                long size = (long) windows * windowSize();
                if (bytes.get(i).capacity() < size) {
                    bytes.set(i, WeightBuffers.allocate(size));
                }
                scales.get(i).ensureCapacity((long) windows * dimensions.nTextState());
                OnnxTensor tensor = OnnxTensor.createTensor(
                        environment, bytes.get(i).slice(0, (int) size), shape, OnnxJavaType.INT8);
                OnnxTensor scale = scales.get(i).tensor(windows, 1, dimensions.nTextState());
                int layer = i / 2;
                boolean keys = i % 2 == 0;
                content.put(keys ? EncoderGraph.keyBytes(layer) : EncoderGraph.valueBytes(layer), tensor);
                content.put(keys ? EncoderGraph.keyScales(layer) : EncoderGraph.valueScales(layer), scale);
                presents.put(
                        keys ? DecoderGraph.presentKeyBytes(layer) : DecoderGraph.presentValueBytes(layer), tensor);
            }
            FloatBuffer none = WeightBuffers.allocate(0).asFloatBuffer();
            extent.put(
                    DecoderGraph.NO_NEW_KEYS,
                    OnnxTensor.createTensor(environment, none, new long[] {windows, 0, dimensions.nTextState()}));
            extent.put(DecoderGraph.LAST_POSITIONS, ints(windows, positions - 1));
            extent.put(DecoderGraph.AUDIO_LENGTH, ints(1, positions));
        } catch (OrtException e) {
            throw new EngineException("ONNX Runtime could not create a tensor: " + e.getMessage(), e);
        }
    }

    private OnnxTensor ints(int count, int value) throws OrtException {
        IntBuffer buffer = WeightBuffers.allocate((long) count * Integer.BYTES).asIntBuffer();
        for (int i = 0; i < count; i++) {
            buffer.put(i, value);
        }
        return OnnxTensor.createTensor(environment, buffer, new long[] {count});
    }

    /** Copies some windows of another cache. */
    void copy(ByteCrossAttentionCache other, int[] chosen) {
        clear(chosen.length, other.positions);
        int width = dimensions.nTextState();
        for (int i = 0; i < bytes.size(); i++) {
            for (int window = 0; window < chosen.length; window++) {
                bytes.get(i)
                        .put(window * windowSize(), other.bytes.get(i), chosen[window] * windowSize(), windowSize());
                scales.get(i).buffer().put(window * width, other.scales.get(i).buffer(), chosen[window] * width, width);
            }
        }
    }

    /** Returns the tensors that the encoder's graph writes. */
    Map<String, OnnxTensor> content() {
        return content;
    }

    /** Returns the further inputs of the decoder's graph. */
    Map<String, OnnxTensor> extent() {
        return extent;
    }

    /** Returns the outputs of the decoder's graph that share the memory of its inputs. */
    Map<String, OnnxTensor> presents() {
        return presents;
    }

    /** Closes the tensors; the memory is kept for reuse. */
    void close() {
        content.values().forEach(OnnxTensor::close);
        extent.values().forEach(OnnxTensor::close);
        content.clear();
        extent.clear();
        presents.clear();
    }
}
