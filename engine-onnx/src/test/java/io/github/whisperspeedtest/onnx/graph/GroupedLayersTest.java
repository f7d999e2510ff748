package io.github.whisperspeedtest.onnx.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OnnxTensor;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.FileRegion;
import io.github.whisperspeedtest.checkpoint.tensor.GroupedMatrix;
import io.github.whisperspeedtest.checkpoint.tensor.StoredArray;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.onnx.graph.GroupedLayers.Arithmetic;
import io.github.whisperspeedtest.onnx.graph.LinearLayers.Layer;
import io.github.whisperspeedtest.onnx.session.ArmKernels;
import io.github.whisperspeedtest.onnx.session.GraphSession;
import io.github.whisperspeedtest.onnx.session.NativeFloats;
import io.github.whisperspeedtest.onnx.session.OnnxRuntime;
import io.github.whisperspeedtest.testing.AffineQuantizer;
import io.github.whisperspeedtest.testing.AffineQuantizer.Bias;
import io.github.whisperspeedtest.testing.RelativeDistance;
import io.github.whisperspeedtest.testkit.TestContexts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares single layers on the real runtime with their dequantized weights. */
class GroupedLayersTest {
    static {
        OnnxRuntime.start(TestContexts.ofEngine());
    }

    private static final int ROWS = 13;
    private static final int THREADS = 2;

    private final Random random = new Random(8);

    /**
     * Every weight equals the checkpoint's for any zero point, including those of plain minima, which lie between two
     * codes. An odd number of groups leaves half a byte in each row of zero points.
     */
    @ParameterizedTest
    @CsvSource({
        "2, 32, 96",
        "2, 64, 192",
        "3, 32, 160",
        "3, 64, 64",
        "3, 128, 128",
        "4, 32, 32",
        "4, 32, 96",
        "4, 64, 192",
        "4, 128, 384",
        "5, 64, 192",
        "6, 32, 160",
        "6, 64, 128",
        "6, 128, 384",
        "8, 32, 96",
        "8, 64, 64",
        "8, 128, 384"
    })
    void carriesWeightsOverExactly(int bits, int groupSize, int columns) {
        for (Bias bias : Bias.values()) {
            Tensor weight = new AffineQuantizer(bits, groupSize, DataType.F16, bias).quantize(random(ROWS, columns));
            for (Form form : forms(Arithmetic.FLOAT)) {
                assertClose(weights(form, weight), transposed(weight), 2e-6);
            }
        }
    }

    /** Layers for rows or for sequences of rows; bytes are multiplied differently for few rows than for many. */
    private record Form(GroupedLayers layers, boolean sequences) {}

    private static List<Form> forms(Arithmetic arithmetic) {
        return List.of(
                new Form(GroupedLayers.ofRows(arithmetic), false),
                new Form(GroupedLayers.ofSequences(arithmetic), true));
    }

    @ParameterizedTest
    @CsvSource({
        "2, F16, MINIMUM",
        "4, F16, MINIMUM",
        "8, F16, MINIMUM",
        "4, F16, MULTIPLE_OF_SCALE",
        "8, BF16, MULTIPLE_OF_SCALE"
    })
    void addsRemainderOfGroupBiases(int bits, DataType stored, Bias bias) {
        Tensor weight = new AffineQuantizer(bits, 64, stored, bias).quantize(random(ROWS, 192));
        for (Form form : forms(Arithmetic.FLOAT)) {
            assertThat(operators(form, weight)).contains("ReduceSum");
            assertClose(weights(form, weight), transposed(weight), 2e-6);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8})
    void addsNothingWithoutRemainder(int bits) {
        Tensor weight = new AffineQuantizer(bits, 64, DataType.F32, Bias.MULTIPLE_OF_SCALE).quantize(random(ROWS, 192));
        for (Form form : forms(Arithmetic.FLOAT)) {
            assertThat(operators(form, weight)).contains("MatMulNBits").doesNotContain("ReduceSum");
            assertClose(weights(form, weight), transposed(weight), 2e-6);
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 32", "3, 64", "4, 32", "4, 64", "4, 128", "6, 64", "8, 32", "8, 64", "8, 128"})
    void staysCloseWithQuantizedInput(int bits, int groupSize) {
        for (Bias bias : Bias.values()) {
            Tensor weight =
                    new AffineQuantizer(bits, groupSize, DataType.F16, bias).quantize(random(ROWS, 3 * groupSize));
            float[][] input = input(5, 3 * groupSize);
            for (Form form : forms(Arithmetic.INT8)) {
                float[][] actual = run(form, input, new Layer("y", weight, null));
                assertThat(RelativeDistance.of(actual, product(input, weight, null)))
                        .isLessThan(0.01);
            }
        }
    }

    @Test
    void addsBiasesOfLayers() {
        Tensor weight = new AffineQuantizer(4, 32, DataType.F32, Bias.MINIMUM).quantize(random(ROWS, 96));
        Tensor bias = random(1, ROWS);
        float[][] input = input(3, 96);
        for (Form form : forms(Arithmetic.FLOAT)) {
            assertClose(run(form, input, new Layer("y", weight, bias)), product(input, weight, bias), 1e-5);
        }
    }

    /** All on one side of zero, all equal, all zero, and with a scale rounded to zero. */
    @Test
    void acceptsGroupsThatExcludeZero() {
        float[] elements = new float[6 * 32];
        float[] centers = {3, -3, 0.75f, -1.5f, 0, 1e-6f};
        float[] widths = {0.1f, 0.1f, 0, 0, 0, 1e-8f};
        for (int i = 0; i < elements.length; i++) {
            elements[i] = centers[i / 32] + (float) random.nextGaussian() * widths[i / 32];
        }
        for (Bias bias : Bias.values()) {
            for (int bits : new int[] {2, 4, 8}) {
                Tensor weight = new AffineQuantizer(bits, 32, DataType.F16, bias).quantize(tensor(2, 96, elements));
                for (Form form : forms(Arithmetic.FLOAT)) {
                    assertClose(weights(form, weight), transposed(weight), 2e-6);
                }
            }
        }
        Tensor zeroScale = new AffineQuantizer(4, 32, DataType.F16, Bias.MINIMUM)
                .tensor(1, 32, new byte[32], new float[1], new float[] {0.5f});
        assertClose(weights(forms(Arithmetic.FLOAT).get(0), zeroScale), transposed(zeroScale), 2e-6);
    }

    @Test
    void joinsLayersOfOneForm() {
        AffineQuantizer quantizer = new AffineQuantizer(4, 64, DataType.F32, Bias.MULTIPLE_OF_SCALE);
        AffineQuantizer minimum = new AffineQuantizer(4, 64, DataType.F32, Bias.MINIMUM);
        List<Layer> layers = List.of(
                new Layer("q", quantizer.quantize(random(5, 192)), random(1, 5)),
                new Layer("k", minimum.quantize(random(7, 192)), null),
                new Layer("v", quantizer.quantize(random(9, 192)), random(1, 9)));
        assertThat(checkJoined(layers)).containsOnlyOnce("MatMulNBits").doesNotContain("Concat");
    }

    @Test
    void concatenatesLayersOfDifferentForms() {
        Tensor four = new AffineQuantizer(4, 64, DataType.F32, Bias.MULTIPLE_OF_SCALE).quantize(random(5, 192));
        Tensor eight = new AffineQuantizer(8, 64, DataType.F32, Bias.MULTIPLE_OF_SCALE).quantize(random(7, 192));
        Tensor wider = new AffineQuantizer(4, 32, DataType.F32, Bias.MULTIPLE_OF_SCALE).quantize(random(6, 192));
        assertThat(checkJoined(List.of(new Layer("a", four, random(1, 5)), new Layer("b", eight, null))))
                .contains("Concat", "MatMulNBits");
        assertThat(checkJoined(List.of(new Layer("a", four, null), new Layer("b", wider, random(1, 6)))))
                .contains("Concat", "MatMulNBits");
        assertThat(checkJoined(List.of(new Layer("a", four, null), new Layer("b", random(4, 192), random(1, 4)))))
                .contains("Concat", "MatMulNBits", "FusedMatMul");
    }

    private List<String> checkJoined(List<Layer> layers) {
        float[][] input = input(4, 192);
        float[][] expected = new float[input.length][];
        for (int row = 0; row < input.length; row++) {
            float[][] one = {input[row]};
            expected[row] = concatenated(layers.stream()
                    .map(layer -> product(one, layer.weight(), layer.bias())[0])
                    .toList());
        }
        GraphBuilder graph = graph(input, true);
        GroupedLayers.ofSequences(Arithmetic.FLOAT).joined(graph, "y", "x", layers);
        assertClose(run(graph, input, true, expected[0].length), expected, 1e-5);
        return operators(graph);
    }

    @Test
    void dequantizesUnsupportedGroupSizes() {
        Tensor weight = new AffineQuantizer(4, 8, DataType.F16, Bias.MULTIPLE_OF_SCALE).quantize(random(ROWS, 64));
        for (Form form : forms(Arithmetic.FLOAT)) {
            assertThat(form.layers().keeps(weight)).isFalse();
            assertThat(operators(form, weight)).doesNotContain("MatMulNBits");
            assertClose(weights(form, weight), transposed(weight), 2e-6);
        }
    }

    /** Numbers that already have the operator's form are not copied into the graph. */
    @ParameterizedTest
    @CsvSource({"4, false", "8, false", "4, true"})
    void usesWeightsInPlaceFromFile(int bits, boolean sequences, @TempDir Path directory) throws IOException {
        AffineQuantizer quantizer = new AffineQuantizer(bits, 64, DataType.F16, Bias.MINIMUM);
        GroupedMatrix matrix = quantizer.quantize(random(ROWS, 192)).groups().orElseThrow();
        Path file = directory.resolve("weights");
        ByteBuffer codes = matrix.codes().data();
        byte[] bytes = new byte[7 + codes.remaining()];
        codes.get(bytes, 7, codes.remaining());
        Files.write(file, bytes);
        StoredArray inFile =
                StoredArray.inFile("U32", matrix.codes().shape(), new FileRegion(file, 7, bytes.length - 7));
        Tensor weight = Tensor.grouped(new GroupedMatrix(bits, 64, inFile, matrix.scales(), matrix.biases()));
        Form form = forms(Arithmetic.FLOAT).get(sequences ? 1 : 0);
        GraphBuilder graph = new GraphBuilder("layer");
        form.layers().apply(graph, "x", new Layer("y", weight, null));
        assertThat(graph.folder()).isEqualTo(directory.toRealPath());
        assertThat(graph.buffers().keySet())
                .noneMatch(name -> name.equals("y.weight") || name.equals("y.product.weight"));
        assertThat(graph.blocks()).isEmpty();
        assertClose(weights(form, weight), transposed(weight), 2e-6);
    }

    /** As in numpy's archives, unaligned floats are read correctly. */
    @Test
    void readsUnalignedFloats(@TempDir Path directory) throws IOException {
        Tensor plain = random(ROWS, 64);
        ByteBuffer elements = plain.data();
        byte[] bytes = new byte[7 + elements.remaining()];
        elements.get(bytes, 7, elements.remaining());
        Path file = Files.write(directory.resolve("weights"), bytes);
        Tensor unaligned = Tensor.inFile(DataType.F32, plain.shape(), new FileRegion(file, 7, bytes.length - 7));
        for (Form form : forms(Arithmetic.FLOAT)) {
            GraphBuilder graph = new GraphBuilder("layer");
            form.layers().apply(graph, "x", new Layer("y", unaligned, null));
            assertThat(graph.buffers()).containsKey("y.weight");
            assertClose(weights(form, unaligned), transposed(plain), 2e-6);
        }
    }

    /** All that a decoder uses. Zero points are not included because the runtime keeps reading them. */
    @ParameterizedTest
    @CsvSource({"4, FLOAT", "4, INT8", "6, FLOAT", "8, FLOAT", "8, INT8"})
    void releasesPackedWeights(int bits, Arithmetic arithmetic) {
        Tensor weight = new AffineQuantizer(bits, 64, DataType.F16, Bias.MULTIPLE_OF_SCALE).quantize(random(ROWS, 192));
        float[][] input = input(3, 192);
        GraphBuilder graph = graph(input, true);
        GroupedLayers.ofSequences(arithmetic).apply(graph, "x", new Layer("y", weight, random(1, ROWS)));
        assertThat(graph.blocks()).containsOnlyKeys("y.product.weight");
        try (LayerSession session = new LayerSession(graph, input, true, ROWS)) {
            float[] before = session.run();
            assertThat(session.session.releasePackedWeights(graph.blocks(), session::run))
                    .isTrue();
            assertThat(session.run()).isEqualTo(before);
        }
    }

    /** Returns each weight, measured as the output of the layer for a one-hot row. */
    private static float[][] weights(Form form, Tensor weight) {
        int columns = weight.shape().get(1);
        float[][] units = new float[columns][columns];
        IntStream.range(0, columns).forEach(i -> units[i][i] = 1);
        float[][] atOnce = run(form, units, new Layer("y", weight, null));
        // Kernels for one row differ from those for several rows.
        float[][] single = run(form, new float[][] {units[columns / 2]}, new Layer("y", weight, null));
        assertClose(single, new float[][] {atOnce[columns / 2]}, 2e-6);
        return atOnce;
    }

    private static float[][] transposed(Tensor weight) {
        int columns = weight.shape().get(1);
        float[] elements = WeightBuffers.array(weight);
        float[][] target = new float[columns][weight.shape().get(0)];
        for (int i = 0; i < elements.length; i++) {
            target[i % columns][i / columns] = elements[i];
        }
        return target;
    }

    private static float[][] product(float[][] input, Tensor weight, @Nullable Tensor bias) {
        float[][] columns = transposed(weight);
        float[][] target = new float[input.length][columns[0].length];
        for (int row = 0; row < input.length; row++) {
            for (int out = 0; out < columns[0].length; out++) {
                double sum = bias == null ? 0 : WeightBuffers.array(bias)[out];
                for (int i = 0; i < columns.length; i++) {
                    sum += (double) input[row][i] * columns[i][out];
                }
                target[row][out] = (float) sum;
            }
        }
        return target;
    }

    private static List<String> operators(Form form, Tensor weight) {
        GraphBuilder graph = new GraphBuilder("layer");
        form.layers().apply(graph, "x", new Layer("y", weight, null));
        return operators(graph);
    }

    private static List<String> operators(GraphBuilder graph) {
        return graph.build().getGraph().getNodeList().stream()
                .map(NodeProto::getOpType)
                .toList();
    }

    private static float[][] run(Form form, float[][] input, Layer layer) {
        GraphBuilder graph = graph(input, form.sequences());
        form.layers().apply(graph, "x", layer);
        return run(graph, input, form.sequences(), layer.weight().shape().get(0));
    }

    private static GraphBuilder graph(float[][] input, boolean sequences) {
        GraphBuilder graph = new GraphBuilder("layer");
        if (sequences) {
            graph.input("x", TensorProto.DataType.FLOAT, "sequences", "tokens", input[0].length);
        } else {
            graph.input("x", TensorProto.DataType.FLOAT, "rows", input[0].length);
        }
        return graph;
    }

    private static float[][] run(GraphBuilder graph, float[][] input, boolean sequences, int outs) {
        try (LayerSession session = new LayerSession(graph, input, sequences, outs)) {
            FloatBuffer output = FloatBuffer.wrap(session.run());
            float[][] target = new float[input.length][outs];
            for (float[] row : target) {
                output.get(row);
            }
            return target;
        }
    }

    /** A graph with inputs {@code x} and outputs {@code y} and its memory. */
    private static final class LayerSession implements AutoCloseable {
        private final NativeFloats output;
        private final GraphSession session;
        private final OnnxTensor x;
        private final OnnxTensor y;

        LayerSession(GraphBuilder graph, float[][] input, boolean sequences, int outs) {
            Object[] shape = sequences ? new Object[] {"sequences", "tokens", outs} : new Object[] {"rows", outs};
            graph.output("y", TensorProto.DataType.FLOAT, shape);
            OnnxRuntime runtime = OnnxRuntime.get();
            float[] elements = concatenated(List.of(input));
            NativeFloats memory = new NativeFloats(runtime.environment(), elements.length);
            memory.buffer().put(0, elements);
            output = new NativeFloats(runtime.environment(), input.length * outs);
            session = GraphSession.load(runtime, graph, THREADS, false, ArmKernels.CHOSEN_BY_RUNTIME, options -> {});
            x = tensor(memory, sequences, input.length, input[0].length);
            y = tensor(output, sequences, input.length, outs);
        }

        float[] run() {
            session.run(Map.of("x", x), Map.of("y", y));
            float[] target = new float[output.buffer().capacity()];
            output.buffer().get(0, target);
            return target;
        }

        @Override
        public void close() {
            x.close();
            y.close();
            session.close();
        }
    }

    private static OnnxTensor tensor(NativeFloats memory, boolean sequences, int rows, int width) {
        return sequences ? memory.tensor(1, rows, width) : memory.tensor(rows, width);
    }

    private static float[] concatenated(List<float[]> parts) {
        FloatBuffer target = FloatBuffer.allocate(
                parts.stream().mapToInt(part -> part.length).sum());
        parts.forEach(target::put);
        return target.array();
    }

    private float[][] input(int rows, int columns) {
        float[][] input = new float[rows][columns];
        for (float[] row : input) {
            IntStream.range(0, columns).forEach(i -> row[i] = (float) random.nextGaussian());
        }
        return input;
    }

    private Tensor random(int rows, int columns) {
        float[] elements = new float[rows * columns];
        IntStream.range(0, elements.length).forEach(i -> elements[i] = (float) random.nextGaussian());
        return tensor(rows, columns, elements);
    }

    private static Tensor tensor(int rows, int columns, float[] elements) {
        ByteBuffer data = ByteBuffer.allocate(elements.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(elements);
        return new Tensor(DataType.F32, rows == 1 ? List.of(columns) : List.of(rows, columns), data);
    }

    /** Asserts that no element differs by more than a fraction of the largest one. */
    private static void assertClose(float[][] actual, float[][] expected, double tolerance) {
        double largest = 0;
        double worst = 0;
        for (int row = 0; row < expected.length; row++) {
            for (int i = 0; i < expected[row].length; i++) {
                largest = Math.max(largest, Math.abs(expected[row][i]));
                worst = Math.max(worst, Math.abs(actual[row][i] - expected[row][i]));
            }
        }
        assertThat(worst).isCloseTo(0, within(tolerance * largest));
    }
}
