package io.github.whisperspeedtest.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OrtSession;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.DataType;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.Tensor;
import io.github.whisperspeedtest.checkpoint.TensorShapes;
import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.EncodedWindows;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.testing.ReferenceNetwork;
import io.github.whisperspeedtest.testing.ReferenceSpectrogram;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The graphs on the real runtime against the network computed in plain Java, on the embedded model. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OnnxNetworkTest {
    private static final Checkpoint MICRO = EmbeddedModel.checkpoint();
    private static final int VOCABULARY = MICRO.dimensions().nVocab();
    private static final int[] PROMPT = {50258, 50259, 50359, 50364};
    private static final int[] ALL = {0, 1, 2, 3};

    private final List<float[]> windows = List.of(window("en_multi_01.flac"), window("de_single_03.flac"));
    private WhisperNetwork reference;
    private EncodedWindows expected;

    @BeforeAll
    void encodeWithReference() {
        reference = new ReferenceNetwork(MICRO);
        expected = reference.encode(windows);
    }

    @AfterAll
    void close() {
        expected.close();
        reference.close();
    }

    /** How far rounding moves the logits, relative to their size: bytes by about 1 %, half-bytes by about 8 %. */
    @ParameterizedTest
    @CsvSource({"FLOAT32, 0.0001", "INT8, 0.03", "BLOCKWISE_8, 0.03", "BLOCKWISE_4, 0.15"})
    void computesTheLogitsOfTheReference(Precision precision, double tolerance) {
        try (WhisperNetwork network = load(precision);
                EncodedWindows actual = network.encode(windows);
                DecoderSession session = actual.startDecoding(1);
                DecoderSession expectedSession = expected.startDecoding(1)) {
            int[][] prompts = {PROMPT, PROMPT};
            assertThat(distance(logits(session, prompts, ALL), logits(expectedSession, prompts, ALL)))
                    .isLessThan(tolerance);
            int[][] step = {{33}, {72}};
            assertThat(distance(logits(session, step, 0), logits(expectedSession, step, 0)))
                    .isLessThan(tolerance);
        }
    }

    @Test
    void givesTheSameStepByStepAndAtOnce() {
        int[] tokens = new int[100];
        Arrays.setAll(tokens, i -> i < PROMPT.length ? PROMPT[i] : (i * 7) % 500);
        try (WhisperNetwork network = load(Precision.FLOAT32);
                EncodedWindows encoded = network.encode(windows.subList(0, 1))) {
            float[] atOnce;
            try (DecoderSession session = encoded.startDecoding(1)) {
                atOnce = logits(session, new int[][] {tokens}, tokens.length - 1)[0];
            }
            try (DecoderSession session = encoded.startDecoding(1)) {
                float[] last = {};
                for (int token : tokens) {
                    last = logits(session, new int[][] {{token}}, 0)[0];
                }
                assertThat(session.length()).isEqualTo(tokens.length);
                assertClose(new float[][] {last}, new float[][] {atOnce}, 2e-3f);
            }
        }
    }

    @Test
    void continuesSelectedSequences() {
        try (WhisperNetwork network = load(Precision.FLOAT32);
                EncodedWindows actual = network.encode(windows);
                DecoderSession session = actual.startDecoding(3);
                DecoderSession expectedSession = expected.startDecoding(3)) {
            Random random = new Random(5);
            for (DecoderSession each : List.of(session, expectedSession)) {
                logits(each, new int[][] {PROMPT, PROMPT}, 3);
                each.select(new int[] {0, 0, 0, 1, 1, 1});
            }
            // Crossed, repeated and unchanged parents, past the first size of the cache; then the first window is
            // dropped.
            int[][] selections = {{1, 0, 2, 3, 3, 5}, {2, 2, 0, 5, 4, 3}, {0, 0, 1, 4, 4, 4}};
            for (int round = 0; round < 26; round++) {
                int[][] tokens = new int[6][3];
                Arrays.stream(tokens).forEach(row -> Arrays.setAll(row, i -> random.nextInt(500)));
                assertClose(logits(session, tokens, 1, 2), logits(expectedSession, tokens, 1, 2), 2e-3f);
                session.select(selections[round % 3]);
                expectedSession.select(selections[round % 3]);
            }
            for (DecoderSession each : List.of(session, expectedSession)) {
                each.select(new int[] {5, 3});
                assertThat(each.sequences()).isEqualTo(2);
            }
            int[][] step = {{7}, {8}};
            assertClose(logits(session, step, 0), logits(expectedSession, step, 0), 2e-3f);
            assertThatThrownBy(() -> logits(session, new int[][] {new int[400], new int[400]}, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("448");
        }
    }

    @Test
    void leavesTheWindowsAsTheyWereWhereASessionDropsSome() {
        try (WhisperNetwork network = load(Precision.FLOAT32);
                EncodedWindows encoded = network.encode(windows)) {
            float[][] before = prompted(encoded);
            try (DecoderSession session = encoded.startDecoding(1)) {
                session.select(new int[] {1});
                assertThat(logits(session, new int[][] {PROMPT}, 3)).isDeepEqualTo(new float[][] {before[1]});
            }
            assertThat(prompted(encoded)).isDeepEqualTo(before);
        }
    }

    @Test
    void refusesWhatIsClosedOrOutOfOrder() {
        WhisperNetwork network = load(Precision.FLOAT32);
        EncodedWindows encoded = network.encode(windows);
        DecoderSession closedWithItsWindows = encoded.startDecoding(1);
        DecoderSession session = encoded.startDecoding(2);
        assertThatThrownBy(() -> session.select(new int[] {0, 0, 0, 1}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[0, 0, 0, 1]");
        assertThatThrownBy(() -> session.select(new int[] {1, 0})).isInstanceOf(IllegalArgumentException.class);
        session.close();
        assertThatThrownBy(() -> prompt(session)).isInstanceOf(IllegalStateException.class);
        encoded.close();
        assertThatThrownBy(() -> prompt(closedWithItsWindows)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> encoded.startDecoding(1)).isInstanceOf(IllegalStateException.class);
        EncodedWindows left = network.encode(windows);
        DecoderSession last = left.startDecoding(1);
        network.close();
        network.close();
        assertThatThrownBy(() -> prompt(last)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> network.encode(windows)).isInstanceOf(IllegalStateException.class);
        left.close();
    }

    private static void prompt(DecoderSession session) {
        logits(session, new int[][] {PROMPT, PROMPT}, 3);
    }

    @Test
    void theFormForOtherProvidersHasFixedShapesAndPlainOperators() {
        GraphProto graph = EncoderGraph.plain(MICRO, Precision.FLOAT16).build().getGraph();
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
    void tellsWhatTokensAttendTo() {
        List<AttentionHead> heads = List.of(new AttentionHead(2, 1), new AttentionHead(0, 0), new AttentionHead(2, 0));
        int[] tokens = {50258, 50259, 50359, 50363, 10, 20, 30};
        try (WhisperNetwork network = load(Precision.FLOAT32);
                EncodedWindows encoded = network.encode(windows)) {
            float[][][] actual = encoded.crossAttention(1, tokens, heads);
            float[][][] wanted = expected.crossAttention(1, tokens, heads);
            for (int head = 0; head < heads.size(); head++) {
                assertClose(actual[head], wanted[head], 2e-3f);
            }
        }
    }

    @Test
    void computesTheSameInTheFormForOtherProviders() {
        OnnxOptions options = new OnnxOptions(Precision.FLOAT32, 2, OnnxOptions.EncoderForm.PLAIN, null, null);
        try (OnnxNetwork network = OnnxNetwork.load(MICRO, options)) {
            assertThat(network.encoderPlacement()).isEmpty();
            try (EncodedWindows actual = network.encode(windows)) {
                assertClose(prompted(actual), prompted(expected), 2e-3f);
            }
            assertThat(network.encoderPlacement()).hasValueSatisfying(placement -> {
                assertThat(placement.nodes()).containsOnlyKeys("CPU");
                assertThat(placement.nodes().get("CPU")).isGreaterThan(50);
                assertThat(placement).hasToString(placement.nodes().get("CPU") + " on CPU");
            });
        }
    }

    /** On the CPU provider 16-bit arithmetic is slow, so that a network of a fortieth of the size must do. */
    @Test
    void computesWithHalfFloats() {
        Checkpoint small = smallCheckpoint();
        float[] window =
                new float[small.dimensions().nMels() * 2 * small.dimensions().nAudioCtx()];
        Random random = new Random(6);
        for (int i = 0; i < window.length; i++) {
            window[i] = (float) random.nextGaussian();
        }
        OnnxOptions options = new OnnxOptions(Precision.FLOAT16, 2, OnnxOptions.EncoderForm.PLAIN, null, null);
        int[][] tokens = {{1, 2, 3}};
        float[][] actual = new float[1][small.dimensions().nVocab()];
        float[][] wanted = new float[1][small.dimensions().nVocab()];
        try (WhisperNetwork half = OnnxNetwork.load(small, options);
                WhisperNetwork full = new ReferenceNetwork(small);
                EncodedWindows halfWindows = half.encode(List.of(window));
                EncodedWindows fullWindows = full.encode(List.of(window));
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
        OnnxOptions options = new OnnxOptions(Precision.FLOAT32, 1, OnnxOptions.EncoderForm.PLAIN, null, null);
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
    void writesGraphsThatAnyToolOpens(@TempDir Path directory) throws Exception {
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

    private static WhisperNetwork load(Precision precision) {
        return OnnxNetwork.load(MICRO, OnnxOptions.cpu(precision, 2));
    }

    private static float[][] prompted(EncodedWindows encoded) {
        try (DecoderSession session = encoded.startDecoding(1)) {
            return logits(session, new int[][] {PROMPT, PROMPT}, 3);
        }
    }

    private static float[][] logits(DecoderSession session, int[][] tokens, int... positions) {
        float[][] logits = new float[tokens.length * positions.length][VOCABULARY];
        session.append(tokens, positions, logits);
        return logits;
    }

    private static double distance(float[][] actual, float[][] expected) {
        double difference = 0;
        double size = 0;
        for (int row = 0; row < expected.length; row++) {
            for (int i = 0; i < expected[row].length; i++) {
                difference += Math.pow(actual[row][i] - expected[row][i], 2);
                size += Math.pow(expected[row][i], 2);
            }
        }
        return Math.sqrt(difference / size);
    }

    private static void assertClose(float[][] actual, float[][] expected, float tolerance) {
        assertThat(actual.length).isEqualTo(expected.length);
        for (int row = 0; row < expected.length; row++) {
            float worst = 0;
            for (int i = 0; i < expected[row].length; i++) {
                worst = Math.max(worst, Math.abs(actual[row][i] - expected[row][i]));
            }
            assertThat(worst).as("largest difference in row %d", row).isCloseTo(0, within(tolerance));
        }
    }

    private static float[] window(String sample) {
        try (InputStream in = MicroSamples.named(sample).open()) {
            return ReferenceSpectrogram.of(
                    AudioFiles.read(sample, in), MICRO.dimensions().nMels());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
