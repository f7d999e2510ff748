package io.github.whisperspeedtest.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OrtSession;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.TensorShapes;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.onnx.graph.CrossAttentionType;
import io.github.whisperspeedtest.onnx.graph.EncoderGraph;
import io.github.whisperspeedtest.onnx.graph.Precision;
import io.github.whisperspeedtest.onnx.session.CrossAttentionCache;
import io.github.whisperspeedtest.onnx.session.OnnxRuntime;
import io.github.whisperspeedtest.testing.ReferenceNetwork;
import io.github.whisperspeedtest.testing.RelativeDistance;
import io.github.whisperspeedtest.testkit.NetworkContract;
import io.github.whisperspeedtest.testkit.TestContexts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Compares the graphs on the real runtime with the network in plain Java, on the embedded model. */
@Tag("end-to-end")
class OnnxNetworkTest extends NetworkContract {
    private static final int STEPS = 10;

    static {
        OnnxRuntime.start(TestContexts.ofEngine());
    }

    /** Effect of rounding on the logits, relative to their size: about 1 % for bytes, 8 % for half-bytes. */
    @ParameterizedTest
    @CsvSource({"INT8, 0.03", "BLOCKWISE_8, 0.03", "BLOCKWISE_4, 0.15"})
    void staysCloseWithFewerBits(Precision precision, double tolerance) {
        assertThat(distanceFromReference(load(precision))).isLessThan(tolerance);
    }

    /** Bytes change the logits by 0.15 % of their size; bytes of another window or layer would change them by far more. */
    @Test
    void staysCloseWithCrossAttentionInBytes() {
        try (OnnxNetwork floats = loadWith(CrossAttentionType.FLOAT32);
                OnnxNetwork bytes = loadWith(CrossAttentionType.INT8)) {
            List<float[]> starts =
                    windows.stream().map(window -> start(window, 602)).toList();
            for (List<float[]> each : List.of(windows, starts)) {
                assertThat(RelativeDistance.of(steps(bytes, each, 1, 0, 1), steps(floats, each, 1, 0, 1)))
                        .isBetween(1e-5, 0.01);
            }
        }
    }

    @Test
    void bytesOfAWindowDoNotDependOnOtherWindows() {
        try (OnnxNetwork network = loadWith(CrossAttentionType.INT8)) {
            float[][] both = steps(network, windows, 1, 0, 1);
            float[][] second = steps(network, windows.subList(1, 2), 1, 0);
            float[][] selected = steps(network, windows, 1, 1);
            for (int i = 0; i < STEPS; i++) {
                assertThat(second[i]).isEqualTo(both[2 * i + 1]);
                assertThat(selected[i]).isEqualTo(second[i]);
            }
        }
    }

    /** Otherwise the trial run could not tell whether the runtime still reads those weights. */
    @ParameterizedTest
    @EnumSource(CrossAttentionType.class)
    void patternMakesWeightsOfTheCrossAttentionMatter(CrossAttentionType type) {
        float[] all = patternLogits(MICRO, type);
        for (String weight : List.of("query", "out")) {
            String name = "decoder.blocks.0.cross_attn." + weight + ".weight";
            Map<String, Tensor> tensors = new LinkedHashMap<>(MICRO.tensors());
            List<Integer> shape = tensors.get(name).shape();
            ByteBuffer zeros = ByteBuffer.allocate(shape.get(0) * shape.get(1) * Float.BYTES);
            tensors.put(name, new Tensor(DataType.F32, shape, zeros.order(ByteOrder.LITTLE_ENDIAN)));
            Checkpoint without = new Checkpoint(MICRO.dimensions(), tensors, MICRO.tokenizer());
            assertThat(patternLogits(without, type)).as(name).isNotEqualTo(all);
        }
    }

    private static float[] patternLogits(Checkpoint checkpoint, CrossAttentionType type) {
        OnnxOptions options = OnnxOptions.cpu(Precision.FLOAT32, 2).withCrossAttention(type);
        float[][] logits = new float[1][MICRO.dimensions().nVocab()];
        CrossAttentionCache pattern =
                CrossAttentionCache.ofPattern(OnnxRuntime.get().environment(), MICRO.dimensions(), type);
        try (OnnxNetwork network = OnnxNetwork.load(checkpoint, options);
                DecoderSession session = new OnnxDecoderSession(network, pattern)) {
            session.append(new int[][] {{0}}, new int[] {0}, logits);
        } finally {
            pattern.close();
        }
        return logits[0];
    }

    /** Several sequences of a window read its floats once for all. */
    @Test
    void beamsAttendWithFloats() {
        try (OnnxNetwork floats = loadWith(CrossAttentionType.FLOAT32);
                OnnxNetwork bytes = loadWith(CrossAttentionType.INT8)) {
            assertThat(steps(bytes, windows, 2, 0, 0, 1, 1)).isDeepEqualTo(steps(floats, windows, 2, 0, 0, 1, 1));
        }
    }

    private static OnnxNetwork loadWith(CrossAttentionType type) {
        return OnnxNetwork.load(MICRO, OnnxOptions.cpu(Precision.FLOAT32, 2).withCrossAttention(type));
    }

    /** Returns the logits of selected sequences after each of some tokens. */
    private static float[][] steps(OnnxNetwork network, List<float[]> windows, int perWindow, int... selected) {
        List<float[]> all = new ArrayList<>();
        try (EncoderOutput encoded = network.encode(windows);
                DecoderSession session = encoded.startDecoding(perWindow)) {
            int[][] prompts = new int[session.sequences()][];
            Arrays.fill(prompts, PROMPT);
            session.append(prompts, new int[0], new float[0][]);
            session.select(selected);
            for (int i = 0; i < STEPS; i++) {
                int[][] tokens = new int[selected.length][1];
                for (int[] token : tokens) {
                    token[0] = 7 * i;
                }
                float[][] logits = new float[selected.length][MICRO.dimensions().nVocab()];
                session.append(tokens, new int[] {0}, logits);
                all.addAll(List.of(logits));
            }
        }
        return all.toArray(float[][]::new);
    }

    @Test
    void plainEncoderFormHasFixedShapesAndStandardOperators() {
        Precision half = Precision.FLOAT16;
        GraphProto graph = EncoderGraph.plain(MICRO, half.encoderLayers(), half.encoderType())
                .build()
                .getGraph();
        for (ValueInfoProto value : Stream.concat(graph.getInputList().stream(), graph.getOutputList().stream())
                .toList()) {
            assertThat(value.getType().getTensorType().getShape().getDimList())
                    .as(value.getName())
                    .isNotEmpty()
                    .allMatch(TensorShapeProto.Dimension::hasDimValue);
        }
        assertThat(graph.getNodeList()).allMatch(node -> node.getDomain().isEmpty());
    }

    @Test
    void plainEncoderFormGivesSameResult() {
        OnnxOptions options = new OnnxOptions(Precision.FLOAT32, 2, OnnxOptions.EncoderForm.PLAIN, null);
        try (OnnxNetwork network = OnnxNetwork.load(MICRO, options)) {
            assertThat(network.encoderPlacement()).isEmpty();
            try (EncoderOutput actual = network.encode(windows)) {
                assertClose(prompted(actual), prompted(expected()), 2e-3f);
            }
            assertThat(network.encoderPlacement()).hasValueSatisfying(placement -> {
                assertThat(placement.units()).containsOnlyKeys("CPU");
                assertThat(placement.units().get("CPU")).isGreaterThan(50);
                assertThat(placement).hasToString("all " + placement.units().get("CPU") + " nodes on CPU");
            });
        }
    }

    /** 16-bit arithmetic is slow on the CPU provider, so a network of a fortieth of the size is used. */
    @Test
    void computesWithFloat16() {
        Checkpoint small = smallCheckpoint();
        float[] window =
                new float[small.dimensions().nMels() * 2 * small.dimensions().nAudioCtx()];
        Random random = new Random(6);
        for (int i = 0; i < window.length; i++) {
            window[i] = (float) random.nextGaussian();
        }
        OnnxOptions options = new OnnxOptions(Precision.FLOAT16, 2, OnnxOptions.EncoderForm.PLAIN, null);
        int[][] tokens = {{1, 2, 3}};
        float[][] actual = new float[1][small.dimensions().nVocab()];
        float[][] wanted = new float[1][small.dimensions().nVocab()];
        try (WhisperNetwork half = OnnxNetwork.load(small, options);
                WhisperNetwork full = new ReferenceNetwork(small);
                EncoderOutput halfWindows = half.encode(List.of(window));
                EncoderOutput fullWindows = full.encode(List.of(window));
                DecoderSession halfSession = halfWindows.startDecoding(1);
                DecoderSession fullSession = fullWindows.startDecoding(1)) {
            halfSession.append(tokens, new int[] {2}, actual);
            fullSession.append(tokens, new int[] {2}, wanted);
        }
        assertClose(actual, wanted, 0.02f);
        assertThat(actual).isNotEqualTo(wanted);
    }

    private static Checkpoint smallCheckpoint() {
        ModelDimensions dimensions = new ModelDimensions(8, 40, 128, 2, 2, 300, 16, 128, 2, 1);
        Random random = new Random(5);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        TensorShapes.of(dimensions).forEach((name, shape) -> {
            int count = shape.stream().reduce(1, Math::multiplyExact);
            ByteBuffer data = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < count; i++) {
                boolean gain = name.contains("ln") && name.endsWith("weight");
                data.putFloat((float) (random.nextGaussian() * 0.1 + (gain ? 1 : 0)));
            }
            tensors.put(name, new Tensor(DataType.F32, shape, data.flip()));
        });
        return new Checkpoint(dimensions, tensors, MICRO.tokenizer());
    }

    @Test
    void leavesNoProfileBehind() throws IOException {
        List<Path> before = profiles();
        OnnxOptions options = new OnnxOptions(Precision.FLOAT32, 1, OnnxOptions.EncoderForm.PLAIN, null);
        OnnxNetwork.load(MICRO, options).close();
        try (OnnxNetwork network = OnnxNetwork.load(MICRO, options)) {
            network.encode(windows.subList(1, 2)).close();
            assertThat(profiles()).isEqualTo(before);
        }
        assertThat(profiles()).isEqualTo(before);
    }

    private static List<Path> profiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("whisper-speedtest-"))
                    .filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void dumpsLoadableGraphs(@TempDir Path directory) throws Exception {
        OnnxNetwork.load(MICRO, OnnxOptions.cpu(Precision.INT8, 1).withDumpGraph(directory))
                .close();
        try (OrtSession encoder = OnnxRuntime.get()
                        .environment()
                        .createSession(directory.resolve("whisper-encoder.onnx").toString());
                OrtSession decoder = OnnxRuntime.get()
                        .environment()
                        .createSession(directory.resolve("whisper-decoder.onnx").toString())) {
            assertThat(encoder.getInputNames()).containsExactly("mel");
            assertThat(encoder.getOutputNames()).contains("keys.0", "values.2");
            assertThat(decoder.getInputNames()).contains("embedded", "past_keys.0", "values.2");
            assertThat(decoder.getOutputNames()).contains("logits", "present_values.2", "cross_scores.1");
        }
    }

    @Override
    protected WhisperNetwork load() {
        return load(Precision.FLOAT32);
    }

    private static WhisperNetwork load(Precision precision) {
        return OnnxNetwork.load(MICRO, OnnxOptions.cpu(precision, 2));
    }
}
