package io.github.whisperspeedtest.mlx.bindings;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The operations of the network, in shapes that select each of Metal's kernels for them.
 *
 * <p>Sources of the shapes are {@code matmul.cpp}, {@code quantized.cpp} and {@code scaled_dot_product_attention.cpp} in
 * mlx/backend/metal of ml-explore/mlx 0.31.0 to 0.32.1:
 *
 * <ul>
 *   <li>One row selects a kernel for vectors.
 *   <li>A product that is narrower than it is deep is divided along its depth, in 0.31.0 and 0.31.1 without the matrix units of M5.
 *       There, 64 × 512 by 512 × 512 is right although larger products are wrong. So some products are wider than they are deep.
 *   <li>Tiles have 64 or 128 rows, so 64 rows fill a tile of one size, and 200 rows fill some and part of another one.
 *   <li>Quantized products use the matrix units from 257 tiles of 32 × 32 on, or where a division of the depth is not possible.
 *   <li>Attention has kernels for at most 8 rows, for more, and for one row with 1024 positions or more.
 * </ul>
 *
 * <p>All inputs are multiples of powers of two that float16 has exactly, so only the results are rounded. Java compares every
 * thirteenth element, in each row another one, because its first second is slow.
 */
final class ProbeCases {
    private static final int STEP = 13;

    private static final int HEADS = 2;
    private static final int HEAD_WIDTH = 64;
    private static final int GROUP = 64;

    private final MlxType type;

    private ProbeCases(MlxType type) {
        this.type = type;
    }

    /**
     * Returns all of them.
     *
     * @param type the type to compute with
     */
    static List<ProbeCase> of(MlxType type) {
        return new ProbeCases(type).all();
    }

    private List<ProbeCase> all() {
        List<ProbeCase> cases = new ArrayList<>();
        for (boolean biased : new boolean[] {false, true}) {
            cases.add(product(1, 512, 640, biased));
            cases.add(product(64, 512, 640, biased));
            cases.add(product(200, 384, 640, biased));
            cases.add(product(64, 512, 128, biased));
        }
        for (int bits : new int[] {4, 8}) {
            cases.add(quantizedProduct(1, 512, 640, bits));
            cases.add(quantizedProduct(64, 512, 640, bits));
            cases.add(quantizedProduct(256, 128, 1088, bits));
            cases.add(dequantized(64, 512, bits));
        }
        cases.add(attention(64, 64, true));
        cases.add(attention(100, 200, false));
        cases.add(attention(1, 1500, false));
        cases.add(convolution(64, 80, 128, 1));
        cases.add(convolution(64, 128, 128, 2));
        cases.add(layerNorm(64, 512));
        return cases;
    }

    /** A linear layer, whose weights lie as {@code [out, in]}. */
    private ProbeCase product(int rows, int in, int out, boolean biased) {
        float[] input = numbers(1, rows * in);
        float[] weight = numbers(2, out * in);
        float[] bias = numbers(3, out);
        return new ProbeCase(
                biased ? "product with bias" : "product",
                rows,
                out,
                graph -> {
                    MlxArray left = array(graph, input, 1, rows, in);
                    MlxArray right = graph.transpose(array(graph, weight, out, in), 1, 0);
                    return biased ? graph.addmm(array(graph, bias, out), left, right) : graph.matmul(left, right);
                },
                () -> sampled(rows, out, (row, column) -> {
                    double sum = biased ? bias[column] : 0;
                    for (int i = 0; i < in; i++) {
                        sum += input[row * in + i] * weight[column * in + i];
                    }
                    return sum;
                }));
    }

    private ProbeCase quantizedProduct(int rows, int in, int out, int bits) {
        float[] input = numbers(4, rows * in);
        Quantized weight = new Quantized(out, in, bits);
        return new ProbeCase(
                bits + "-bit product",
                rows,
                out,
                graph -> graph.quantizedMatmul(
                        array(graph, input, 1, rows, in),
                        weight.codes(graph),
                        array(graph, weight.scales(), weight.groups()),
                        array(graph, weight.biases(), weight.groups()),
                        GROUP,
                        bits),
                () -> sampled(rows, out, (row, column) -> {
                    double sum = 0;
                    for (int i = 0; i < in; i++) {
                        sum += input[row * in + i] * weight.value(column, i);
                    }
                    return sum;
                }));
    }

    private ProbeCase dequantized(int rows, int width, int bits) {
        Quantized weight = new Quantized(rows, width, bits);
        return new ProbeCase(
                bits + "-bit embedding",
                rows,
                width,
                graph -> graph.dequantize(
                        weight.codes(graph),
                        array(graph, weight.scales(), weight.groups()),
                        array(graph, weight.biases(), weight.groups()),
                        GROUP,
                        bits),
                () -> sampled(rows, width, weight::value));
    }

    private ProbeCase attention(int rows, int positions, boolean causal) {
        int width = HEADS * HEAD_WIDTH;
        float[] queries = numbers(5, rows * width);
        float[] keys = numbers(6, positions * width);
        float[] values = numbers(7, positions * width);
        float scale = (float) (1 / Math.sqrt(HEAD_WIDTH));
        return new ProbeCase(
                causal ? "causal attention" : "attention",
                rows,
                width,
                graph -> graph.joinHeads(
                        graph.attention(
                                heads(graph, queries, rows),
                                heads(graph, keys, positions),
                                heads(graph, values, positions),
                                scale,
                                causal),
                        1,
                        rows,
                        width),
                () -> attended(queries, keys, values, rows, positions, scale, causal));
    }

    private MlxArray heads(MlxGraph graph, float[] elements, int rows) {
        return graph.splitHeads(array(graph, elements, 1, rows, HEADS * HEAD_WIDTH), 1, rows, HEADS, HEAD_WIDTH);
    }

    private static float[][] attended(
            float[] queries, float[] keys, float[] values, int rows, int positions, float scale, boolean causal) {
        int width = HEADS * HEAD_WIDTH;
        float[][] result = new float[rows][width];
        double[] weights = new double[positions];
        for (int row = 0; row < rows; row++) {
            int seen = causal ? positions - rows + row + 1 : positions;
            for (int head = 0; head < width; head += HEAD_WIDTH) {
                double sum = 0;
                for (int i = 0; i < seen; i++) {
                    double score = 0;
                    for (int k = head; k < head + HEAD_WIDTH; k++) {
                        score += queries[row * width + k] * keys[i * width + k];
                    }
                    weights[i] = Math.exp(score * scale);
                    sum += weights[i];
                }
                for (int k = head; k < head + HEAD_WIDTH; k++) {
                    double weighted = 0;
                    for (int i = 0; i < seen; i++) {
                        weighted += weights[i] * values[i * width + k];
                    }
                    result[row][k] = (float) (weighted / sum);
                }
            }
        }
        return result;
    }

    /** A convolution of the encoder: three rows wide, with a row of zeros on both sides. */
    private ProbeCase convolution(int frames, int in, int out, int stride) {
        float[] input = numbers(8, frames * in);
        float[] weight = numbers(9, out * 3 * in);
        int rows = frames / stride;
        return new ProbeCase(
                "convolution with stride " + stride,
                rows,
                out,
                graph -> graph.conv1d(array(graph, input, 1, frames, in), array(graph, weight, out, 3, in), stride, 1),
                () -> sampled(rows, out, (row, column) -> {
                    double sum = 0;
                    for (int k = 0; k < 3; k++) {
                        int frame = row * stride + k - 1;
                        for (int i = 0; frame >= 0 && frame < frames && i < in; i++) {
                            sum += input[frame * in + i] * weight[(column * 3 + k) * in + i];
                        }
                    }
                    return sum;
                }));
    }

    private ProbeCase layerNorm(int rows, int width) {
        float[] input = numbers(10, rows * width);
        float[] weight = numbers(11, width);
        float[] bias = numbers(12, width);
        float epsilon = 1e-5f;
        return new ProbeCase(
                "layer norm",
                rows,
                width,
                graph -> graph.layerNorm(
                        array(graph, input, 1, rows, width),
                        array(graph, weight, width),
                        array(graph, bias, width),
                        epsilon),
                () -> {
                    float[][] result = new float[rows][width];
                    for (int row = 0; row < rows; row++) {
                        double mean = 0;
                        double squares = 0;
                        for (int i = 0; i < width; i++) {
                            mean += input[row * width + i] / (double) width;
                        }
                        for (int i = 0; i < width; i++) {
                            squares += Math.pow(input[row * width + i] - mean, 2);
                        }
                        double factor = 1 / Math.sqrt(squares / width + epsilon);
                        for (int i = 0; i < width; i++) {
                            result[row][i] = (float) ((input[row * width + i] - mean) * factor * weight[i] + bias[i]);
                        }
                    }
                    return result;
                });
    }

    /** Computes one element. */
    private interface Element {
        double at(int row, int column);
    }

    private static float[][] sampled(int rows, int columns, Element element) {
        float[][] result = new float[rows][columns];
        for (int row = 0; row < rows; row++) {
            Arrays.fill(result[row], Float.NaN);
            for (int column = row % STEP; column < columns; column += STEP) {
                result[row][column] = (float) element.at(row, column);
            }
        }
        return result;
    }

    /** Returns multiples of 1/8 from -1 to 7/8, scattered by the multiplier of Knuth's multiplicative hashing. */
    private static float[] numbers(int seed, int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = ((scattered(seed, i) & 15) - 8) / 8f;
        }
        return numbers;
    }

    private static int scattered(int seed, int index) {
        int mixed = (index + 1 + seed * 0x10001) * 0x9E3779B1;
        return (mixed ^ mixed >>> 15) * 0x85EBCA6B >>> 20;
    }

    private MlxArray array(MlxGraph graph, float[] elements, int... shape) {
        ByteBuffer bytes = direct(elements.length * Float.BYTES);
        bytes.asFloatBuffer().put(elements);
        return graph.astype(graph.array(bytes, MlxType.FLOAT32, shape), type);
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    /**
     * A quantized matrix. A group has one of three scales, with values from -0.5 to 0.5, from -1 to 1, or from -1.5 to 1.5.
     *
     * @param rows number of rows
     * @param width elements of a row
     * @param bits 4 or 8
     */
    private record Quantized(int rows, int width, int bits) {
        private static final int SEED = 13;

        private int code(int row, int column) {
            return scattered(SEED, row * width + column) & (1 << bits) - 1;
        }

        private static int factor(int row, int group) {
            return 1 + (row + group) % 3;
        }

        double value(int row, int column) {
            int factor = factor(row, column / GROUP);
            return code(row, column) * (double) factor / (1 << bits) - factor / 2.0;
        }

        MlxArray codes(MlxGraph graph) {
            ByteBuffer bytes = direct(rows * width * bits / Byte.SIZE);
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < width; column += Byte.SIZE / bits) {
                    int packed = code(row, column);
                    bytes.put((byte) (bits == Byte.SIZE ? packed : packed | code(row, column + 1) << bits));
                }
            }
            return graph.array(bytes.flip(), MlxType.UINT32, rows, width * bits / Integer.SIZE);
        }

        /** Returns the shape of the scales and that of the biases. */
        int[] groups() {
            return new int[] {rows, width / GROUP};
        }

        float[] scales() {
            return ofGroups(1f / (1 << bits));
        }

        float[] biases() {
            return ofGroups(-0.5f);
        }

        private float[] ofGroups(float unit) {
            int groups = width / GROUP;
            float[] elements = new float[rows * groups];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = factor(i / groups, i % groups) * unit;
            }
            return elements;
        }
    }
}
