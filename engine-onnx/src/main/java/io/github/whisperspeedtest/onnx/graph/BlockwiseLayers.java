package io.github.whisperspeedtest.onnx.graph;

import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Linear layers with 8-bit or 4-bit unsigned weights and a scale for each block along the input: the runtime's
 * {@code MatMulNBits}, its fastest operator for one row of input, as in a decoder step.
 *
 * <p>Weights with one scale per row are transferred exactly: each block of a row gets the row's scale. The input is
 * quantized block by block at run time.
 */
final class BlockwiseLayers implements LinearLayers {
    /** Makes the kernels quantize their input to bytes: {@code accuracy_level} of the operator. */
    private static final int INT8_ARITHMETIC = 4;

    private static final int BLOCK = 32;

    /** With one scale per row, larger blocks cost less. */
    private static final int ROW_SCALED_BLOCK = 128;

    private final int bits;
    private final boolean rowScaled;

    private BlockwiseLayers(int bits, boolean rowScaled) {
        this.bits = bits;
        this.rowScaled = rowScaled;
    }

    /** Returns layers of bytes whose rows have one scale each. */
    static BlockwiseLayers ofRows() {
        return new BlockwiseLayers(8, true);
    }

    /** Returns layers with a scale for each block of 32. */
    static BlockwiseLayers ofBlocks(int bits) {
        return new BlockwiseLayers(bits, false);
    }

    @Override
    public List<String> apply(GraphBuilder graph, String input, List<Layer> layers) {
        List<String> outputs = new ArrayList<>();
        for (Layer layer : layers) {
            outputs.add(joined(graph, layer.name(), input, List.of(layer)));
        }
        return outputs;
    }

    @Override
    public String joined(GraphBuilder graph, String name, String input, List<Layer> layers) {
        int ins = layers.get(0).weight().shape().get(1);
        int outs =
                layers.stream().mapToInt(layer -> layer.weight().shape().get(0)).sum();
        int block = rowScaled ? ROW_SCALED_BLOCK : BLOCK;
        int blocks = (ins + block - 1) / block;
        ByteBuffer packed = WeightBuffers.allocate((long) outs * blocks * block * bits / 8);
        float[] scales = new float[outs * blocks];
        int row = 0;
        for (Layer layer : layers) {
            pack(layer.name(), layer.weight(), ins, block, blocks, packed, scales, row);
            row += layer.weight().shape().get(0);
        }
        List<String> inputs = new ArrayList<>();
        inputs.add(input);
        inputs.add(graph.blocks(
                name + ".weight", List.of((long) outs, (long) blocks, (long) block * bits / 8), packed.flip()));
        inputs.add(WeightBuffers.floats(graph, name + ".weight.scales", scales, (long) outs * blocks));
        float[] bias = WeightBuffers.biases(layers);
        if (bias != null) {
            inputs.addAll(List.of("", "", WeightBuffers.floats(graph, name + ".bias", bias, outs)));
        }
        return graph.contrib(
                "MatMulNBits",
                name,
                inputs,
                GraphBuilder.attribute("K", ins),
                GraphBuilder.attribute("N", outs),
                GraphBuilder.attribute("bits", bits),
                GraphBuilder.attribute("block_size", block),
                GraphBuilder.attribute("accuracy_level", INT8_ARITHMETIC));
    }

    private void pack(
            String name,
            Tensor weight,
            int ins,
            int block,
            int blocks,
            ByteBuffer packed,
            float[] scales,
            int firstRow) {
        if (rowScaled) {
            packRows(QuantizedRows.of(name, weight), ins, blocks * block, blocks, packed, scales, firstRow);
        } else {
            packBlocks(weight, ins, block, blocks, packed, scales, firstRow);
        }
    }

    /** Copies bytes, shifted from a center of 0 to 128, the operator's zero point. */
    private static void packRows(
            Tensor weight, int ins, int padded, int blocks, ByteBuffer packed, float[] scales, int firstRow) {
        ByteBuffer data = weight.data();
        float[] rowScales = weight.rowScales();
        byte[] row = new byte[padded];
        for (int r = 0; r < rowScales.length; r++) {
            data.get(row, 0, ins);
            for (int i = 0; i < ins; i++) {
                row[i] ^= (byte) 0x80;
            }
            Arrays.fill(row, ins, padded, (byte) 0x80);
            packed.put(row);
            Arrays.fill(scales, (firstRow + r) * blocks, (firstRow + r + 1) * blocks, rowScales[r]);
        }
    }

    private void packBlocks(
            Tensor weight, int ins, int block, int blocks, ByteBuffer packed, float[] scales, int firstRow) {
        int rows = weight.shape().get(0);
        int zero = 1 << (bits - 1);
        float[] row = new float[ins];
        for (int r = 0; r < rows; r++) {
            weight.copyTo(r * ins, row);
            for (int b = 0; b < blocks; b++) {
                int from = b * block;
                int to = Math.min(ins, from + block);
                float extreme = 0;
                for (int i = from; i < to; i++) {
                    extreme = Math.abs(row[i]) > Math.abs(extreme) ? row[i] : extreme;
                }
                // The range has one more step below zero than above, so the largest magnitude is mapped there.
                float scale = extreme / -zero;
                scales[(firstRow + r) * blocks + b] = scale;
                float inverse = scale == 0 ? 0 : 1 / scale;
                int low = 0;
                for (int i = 0; i < block; i++) {
                    float value = from + i < to ? row[from + i] * inverse : 0;
                    int quantized = Math.min(2 * zero - 1, Math.max(0, Math.round(value) + zero));
                    if (bits == 8) {
                        packed.put((byte) quantized);
                    } else if (i % 2 == 0) {
                        low = quantized;
                    } else {
                        packed.put((byte) (low | quantized << 4));
                    }
                }
            }
        }
    }
}
