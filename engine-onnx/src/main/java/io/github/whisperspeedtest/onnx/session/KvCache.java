package io.github.whisperspeedtest.onnx.session;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys and values of the decoder's self-attention: for each layer {@code [sequences, heads, capacity, 64]}, in memory that the
 * runtime extends in place.
 */
public final class KvCache {
    private static final int FIRST_CAPACITY = 64;

    private final int heads;
    private final int headWidth;
    private final int maxLength;
    private final List<NativeFloats> layers = new ArrayList<>();

    /** Keys and values of each layer in turn, as tensors of the current shape. */
    private final List<OnnxTensor> tensors = new ArrayList<>();

    private int sequences;
    private int capacity = FIRST_CAPACITY;

    KvCache(OrtEnvironment environment, ModelDimensions dimensions) {
        heads = dimensions.nTextHead();
        headWidth = dimensions.nTextState() / heads;
        maxLength = dimensions.nTextCtx();
        for (int i = 0; i < 2 * dimensions.nTextLayer(); i++) {
            layers.add(new NativeFloats(environment, rowSize()));
        }
    }

    private int rowSize() {
        return heads * capacity * headWidth;
    }

    /** Clears the cache and makes room for a number of sequences. */
    public void clear(int count) {
        sequences = count;
        layers.forEach(layer -> layer.ensureCapacity((long) count * rowSize()));
        makeTensors();
    }

    /** Returns the keys of a layer. */
    OnnxTensor keys(int layer) {
        return tensors.get(2 * layer);
    }

    /** Returns the values of a layer. */
    OnnxTensor values(int layer) {
        return tensors.get(2 * layer + 1);
    }

    /** Makes room for longer sequences and keeps their {@code length} positions. */
    public void ensureLength(int needed, int length) {
        if (needed <= capacity) {
            return;
        }
        int old = capacity;
        while (capacity < needed) {
            capacity = Math.min(maxLength, 2 * capacity);
        }
        for (NativeFloats layer : layers) {
            FloatBuffer before = layer.buffer();
            layer.ensureCapacity((long) sequences * rowSize());
            boolean moved = before != layer.buffer();
            // In descending order, because each block moves towards the end of the same memory.
            for (int block = sequences * heads - 1; block >= 0; block--) {
                int from = block * old * headWidth;
                int to = block * capacity * headWidth;
                if (moved) {
                    layer.buffer().put(to, before, from, length * headWidth);
                } else {
                    layer.move(from, to, length * headWidth);
                }
            }
        }
        makeTensors();
    }

    /**
     * Makes each new sequence continue an old one.
     *
     * <p>Sequences have identical values in their common prefix, so only the positions after it are copied.
     *
     * @param parents for each new sequence, the index of the old one
     * @param common for each new sequence, the number of valid positions already in its place in memory
     * @param length number of positions of each sequence
     */
    public void select(int[] parents, int[] common, int length) {
        for (NativeFloats layer : layers) {
            FloatBuffer before = layer.buffer();
            float[][] rows = new float[parents.length][];
            for (int row = 0; row < parents.length; row++) {
                rows[row] = read(before, parents[row], common[row], length);
            }
            layer.ensureCapacity((long) parents.length * rowSize());
            if (layer.buffer() != before) {
                layer.buffer().put(0, before, 0, Math.min(before.capacity(), sequences * rowSize()));
            }
            for (int row = 0; row < parents.length; row++) {
                write(layer.buffer(), row, common[row], length, rows[row]);
            }
        }
        if (parents.length != sequences) {
            sequences = parents.length;
            makeTensors();
        }
    }

    private float[] read(FloatBuffer buffer, int row, int from, int to) {
        int count = (to - from) * headWidth;
        float[] values = new float[heads * count];
        for (int head = 0; head < heads; head++) {
            buffer.get(index(row, head, from), values, head * count, count);
        }
        return values;
    }

    private void write(FloatBuffer buffer, int row, int from, int to, float[] values) {
        int count = (to - from) * headWidth;
        for (int head = 0; head < heads; head++) {
            buffer.put(index(row, head, from), values, head * count, count);
        }
    }

    private int index(int row, int head, int position) {
        return ((row * heads + head) * capacity + position) * headWidth;
    }

    private void makeTensors() {
        close();
        for (NativeFloats layer : layers) {
            tensors.add(layer.tensor(sequences, heads, capacity, headWidth));
        }
    }

    /** Closes the tensors; the memory is kept for reuse. */
    void close() {
        tensors.forEach(OnnxTensor::close);
        tensors.clear();
    }
}
