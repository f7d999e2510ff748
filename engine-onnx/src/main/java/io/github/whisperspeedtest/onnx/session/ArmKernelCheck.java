package io.github.whisperspeedtest.onnx.session;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OnnxTensor;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.onnx.graph.GraphBuilder;
import io.github.whisperspeedtest.onnx.graph.LinearForms;
import io.github.whisperspeedtest.onnx.graph.LinearLayers;
import io.github.whisperspeedtest.onnx.graph.Precision;
import io.github.whisperspeedtest.onnx.graph.WeightBuffers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Compares small products of the runtime with the same products in Java: those that the networks consist of, with one row as in a decoder
 * step, with a few, and with more than a tile of a kernel has.
 *
 * <p>Each is computed several times, because a fault may depend on what a kernel left behind. It takes some tens of milliseconds. A kernel with
 * an instruction that the processor lacks ends the process; nothing here prevents that.
 */
final class ArmKernelCheck {
    /** SME vectors have at most 2048 bits in theory, and 512 on Apple's M4; a tile has then twice 16 rows. */
    private static final int[] ROWS = {1, 3, 33};

    private static final int REPETITIONS = 3;

    /** A multiple of a block of weights, but not of a tile of columns. */
    private static final int INS = 96;

    private static final int OUTS = 40;

    /** Kernels for several threads split a product, so one thread would not run all of them. */
    private static final int THREADS = 2;

    private static final int BLOCK = 32;

    private static final String INPUT = "input";

    private ArmKernelCheck() {}

    /**
     * A product, with the error that its arithmetic may have for each term of a sum: for the roundings of the sum, and for the steps in which
     * inputs and weights are quantised, as shares of the largest magnitude in a row.
     */
    enum Form {
        /** The encoder's layers in 32-bit floats. 2⁻²⁴ for each of 96 additions is 6e-6. */
        GEMM("float32 product", 2e-5, 0, 0),
        /** The decoder's layers in 32-bit floats. */
        FUSED_MATMUL("float32 product of a decoder step", 2e-5, 0, 0),
        /** The encoder's layers at int8: inputs in 255 steps from -1 to 1, weights in 127 steps up to 1, and at most one step wrong. */
        QGEMM("int8 product", 2e-5, 2 / 255.0, 1 / 127.0),
        /** The decoder's layers at int8: inputs in 127 steps, block by block. */
        BYTES("int8 product of a decoder step", 2e-5, 1 / 127.0, 1 / 127.0),
        /** The decoder's layers at int4; the weights are multiples of their steps. */
        HALF_BYTES("int4 product of a decoder step", 2e-5, 1 / 127.0, 0),
        /** Attention: both factors are computed. */
        SCORES("product of two inputs", 2e-5, 0, 0),
        /** The first two layers. */
        CONVOLUTION("convolution", 2e-5, 0, 0);

        private final String description;
        private final double rounding;
        private final double inputStep;
        private final double weightStep;

        Form(String description, double rounding, double inputStep, double weightStep) {
            this.description = description;
            this.rounding = rounding;
            this.inputStep = inputStep;
            this.weightStep = weightStep;
        }

        String output() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Computes all products. */
    interface Products extends AutoCloseable {
        /**
         * Returns the elements of each product, row after row.
         *
         * @param input {@code rows} rows of 96
         */
        Map<Form, float[]> compute(int rows, float[] input);

        @Override
        void close();
    }

    /** Returns what is wrong with the first wrong product, empty if there is none. */
    static Optional<String> fault(Products products) {
        float[] weights = weights();
        for (int rows : ROWS) {
            float[] input = input(rows);
            Map<Form, Expected> expected = expected(rows, input, weights);
            for (int i = 0; i < REPETITIONS; i++) {
                Map<Form, float[]> actual = products.compute(rows, input);
                for (Form form : Form.values()) {
                    if (!expected.get(form).admits(actual.get(form))) {
                        return Optional.of(form.description + " of " + rows + (rows == 1 ? " row" : " rows"));
                    }
                }
            }
        }
        return Optional.empty();
    }

    /**
     * A product in Java.
     *
     * @param values the elements
     * @param bounds how far each may be off
     */
    private record Expected(double[] values, double[] bounds) {
        boolean admits(float[] actual) {
            for (int i = 0; i < values.length; i++) {
                // The comparison is false for NaN.
                if (!(Math.abs(actual[i] - values[i]) <= bounds[i])) {
                    return false;
                }
            }
            return true;
        }

        /** Returns it with its rows as columns. */
        Expected transposed(int rows) {
            return new Expected(transposed(rows, values), transposed(rows, bounds));
        }

        private static double[] transposed(int rows, double[] values) {
            int columns = values.length / rows;
            double[] transposed = new double[values.length];
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    transposed[column * rows + row] = values[row * columns + column];
                }
            }
            return transposed;
        }
    }

    private static Map<Form, Expected> expected(int rows, float[] input, float[] weights) {
        double[] linear = product(rows, input, OUTS, weights);
        Map<Form, Expected> all = new EnumMap<>(Form.class);
        for (Form form : Form.values()) {
            all.put(
                    form,
                    switch (form) {
                        case SCORES ->
                            new Expected(product(rows, input, rows, input), bounds(form, rows, input, rows, input));
                        case CONVOLUTION -> convolution(rows, neighbours(rows, input), thrice(weights));
                        default -> new Expected(linear, bounds(form, rows, input, OUTS, weights));
                    });
        }
        return all;
    }

    /** A convolution has its channels first. */
    private static Expected convolution(int rows, float[] input, float[] weights) {
        return new Expected(product(rows, input, OUTS, weights), bounds(Form.CONVOLUTION, rows, input, OUTS, weights))
                .transposed(rows);
    }

    /** Multiplies rows of one matrix with rows of another. */
    private static double[] product(int rows, float[] left, int columns, float[] right) {
        int length = left.length / rows;
        double[] values = new double[rows * columns];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                double sum = 0;
                for (int i = 0; i < length; i++) {
                    sum += (double) left[row * length + i] * right[column * length + i];
                }
                values[row * columns + column] = sum;
            }
        }
        return values;
    }

    private static double[] bounds(Form form, int rows, float[] left, int columns, float[] right) {
        int length = left.length / rows;
        double[] bounds = new double[rows * columns];
        for (int row = 0; row < rows; row++) {
            double largestInput = largest(left, row * length, length);
            double inputs = sum(left, row * length, length);
            for (int column = 0; column < columns; column++) {
                double largestWeight = largest(right, column * length, length);
                double weights = sum(right, column * length, length);
                bounds[row * columns + column] = (form.rounding + form.inputStep) * largestInput * weights
                        + form.weightStep * largestWeight * inputs;
            }
        }
        return bounds;
    }

    private static double sum(float[] values, int start, int length) {
        double sum = 0;
        for (int i = start; i < start + length; i++) {
            sum += Math.abs(values[i]);
        }
        return sum;
    }

    private static double largest(float[] values, int start, int length) {
        double largest = 0;
        for (int i = start; i < start + length; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        return largest;
    }

    /** Returns each row with the one before and the one after it, as a convolution of width 3 sees them. */
    private static float[] neighbours(int rows, float[] input) {
        float[] all = new float[rows * 3 * INS];
        for (int row = 0; row < rows; row++) {
            for (int tap = 0; tap < 3; tap++) {
                int from = row + tap - 1;
                if (from >= 0 && from < rows) {
                    System.arraycopy(input, from * INS, all, (row * 3 + tap) * INS, INS);
                }
            }
        }
        return all;
    }

    private static float[] thrice(float[] weights) {
        float[] all = new float[3 * weights.length];
        for (int out = 0; out < OUTS; out++) {
            for (int tap = 0; tap < 3; tap++) {
                for (int i = 0; i < INS; i++) {
                    // Differs from tap to tap, so that a mixed-up one shows.
                    all[(out * 3 + tap) * INS + i] = weights[out * INS + i] * (tap + 1);
                }
            }
        }
        return all;
    }

    private static float[] input(int rows) {
        Random random = new Random(rows);
        float[] input = new float[rows * INS];
        for (int i = 0; i < input.length; i++) {
            input[i] = random.nextFloat() * 2 - 1;
        }
        return input;
    }

    /**
     * Returns weights that are eighths, so that four bits hold them: in each block of 32 one of -1, and the others small. Without large
     * neighbours, x86-64 processors of which the instructions for int8 saturate compute correctly, too.
     */
    private static float[] weights() {
        Random random = new Random(7);
        float[] weights = new float[OUTS * INS];
        for (int i = 0; i < weights.length; i++) {
            int inBlock = i % BLOCK;
            weights[i] = inBlock == 0 ? -1 : inBlock == 1 ? 0 : (random.nextInt(7) - 3) / 8f;
        }
        return weights;
    }

    /**
     * Opens the products in the runtime.
     *
     * @param kernels those to check
     */
    static Products open(OnnxRuntime runtime, ArmKernels kernels) {
        return new Session(runtime, GraphSession.load(runtime, graph(), THREADS, false, kernels, options -> {}));
    }

    private static GraphBuilder graph() {
        GraphBuilder graph = new GraphBuilder("arm-kernels");
        graph.input(INPUT, TensorProto.DataType.FLOAT, "rows", INS);
        Tensor weight = tensor(weights());
        linear(graph, Form.GEMM, LinearForms.of(Precision.FLOAT32).encoder(), weight);
        linear(graph, Form.FUSED_MATMUL, LinearForms.of(Precision.FLOAT32).decoder(), weight);
        linear(graph, Form.QGEMM, LinearForms.of(Precision.INT8).encoder(), weight);
        linear(graph, Form.BYTES, LinearForms.of(Precision.INT8).decoder(), weight);
        linear(graph, Form.HALF_BYTES, LinearForms.of(Precision.BLOCKWISE_4).decoder(), weight);
        String transposed = graph.node("Transpose", "transposed", List.of(INPUT), GraphBuilder.vector("perm", 1, 0));
        graph.node("MatMul", Form.SCORES.output(), List.of(INPUT, transposed));
        graph.output(Form.SCORES.output(), TensorProto.DataType.FLOAT, "rows", "rows");
        convolution(graph, transposed);
        return graph;
    }

    private static void linear(GraphBuilder graph, Form form, LinearLayers layers, Tensor weight) {
        layers.apply(graph, INPUT, new LinearLayers.Layer(form.output(), weight, null));
        graph.output(form.output(), TensorProto.DataType.FLOAT, "rows", OUTS);
    }

    private static void convolution(GraphBuilder graph, String transposed) {
        String name = Form.CONVOLUTION.output();
        float[] taps = new float[OUTS * INS * 3];
        float[] thrice = thrice(weights());
        for (int out = 0; out < OUTS; out++) {
            for (int i = 0; i < INS; i++) {
                for (int tap = 0; tap < 3; tap++) {
                    taps[(out * INS + i) * 3 + tap] = thrice[(out * 3 + tap) * INS + i];
                }
            }
        }
        String windows = graph.node(
                "Reshape", name + ".input", List.of(transposed, graph.constant(name + ".shape", 1, INS, -1)));
        String weight = WeightBuffers.floats(graph, name + ".weight", taps, OUTS, INS, 3);
        graph.node(
                "Conv",
                name,
                List.of(windows, weight),
                GraphBuilder.vector("kernel_shape", 3),
                GraphBuilder.vector("pads", 1, 1));
        graph.output(name, TensorProto.DataType.FLOAT, 1, OUTS, "rows");
    }

    private static Tensor tensor(float[] values) {
        ByteBuffer data = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        return new Tensor(DataType.F32, List.of(OUTS, INS), data);
    }

    /** The products as a graph of the runtime. */
    private record Session(OnnxRuntime runtime, GraphSession graph) implements Products {
        @Override
        public Map<Form, float[]> compute(int rows, float[] input) {
            NativeFloats rowsOfInput = new NativeFloats(runtime.environment(), input.length);
            rowsOfInput.buffer().put(0, input);
            Map<String, OnnxTensor> outputs = new HashMap<>();
            Map<Form, NativeFloats> results = new EnumMap<>(Form.class);
            try (OnnxTensor tensor = rowsOfInput.tensor(rows, INS)) {
                for (Form form : Form.values()) {
                    long[] shape = shape(form, rows);
                    long count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
                    NativeFloats result = new NativeFloats(runtime.environment(), count);
                    fill(result, (int) count);
                    results.put(form, result);
                    outputs.put(form.output(), result.tensor(shape));
                }
                graph.run(Map.of(INPUT, tensor), outputs);
            } finally {
                outputs.values().forEach(OnnxTensor::close);
            }
            Map<Form, float[]> values = new EnumMap<>(Form.class);
            results.forEach((form, result) -> {
                float[] copy = new float[result.buffer().capacity()];
                result.buffer().get(0, copy);
                values.put(form, copy);
            });
            return values;
        }

        /** An element that a kernel does not write is no number then. */
        private static void fill(NativeFloats result, int count) {
            for (int i = 0; i < count; i++) {
                result.buffer().put(i, Float.NaN);
            }
        }

        private static long[] shape(Form form, int rows) {
            return switch (form) {
                case SCORES -> new long[] {rows, rows};
                case CONVOLUTION -> new long[] {1, OUTS, rows};
                default -> new long[] {rows, OUTS};
            };
        }

        @Override
        public void close() {
            graph.close();
        }
    }
}
