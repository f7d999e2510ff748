package io.github.whisperspeedtest.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.onnx.graph.LinearForms;
import io.github.whisperspeedtest.onnx.graph.Precision;
import io.github.whisperspeedtest.onnx.graph.WeightBuffers;
import io.github.whisperspeedtest.onnx.session.OnnxRuntime;
import io.github.whisperspeedtest.testing.AffineQuantizer;
import io.github.whisperspeedtest.testing.AffineQuantizer.Bias;
import io.github.whisperspeedtest.testing.RandomCheckpoint;
import io.github.whisperspeedtest.testing.ReferenceNetwork;
import io.github.whisperspeedtest.testing.RelativeDistance;
import io.github.whisperspeedtest.testkit.TestContexts;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares networks with grouped linear layers with the same weights as floats in plain Java. */
@Tag("end-to-end")
class GroupedNetworkTest {
    static {
        OnnxRuntime.start(TestContexts.ofEngine());
    }

    /** Three attention heads, so a row has an odd number of groups of 64. */
    private static final ModelDimensions DIMENSIONS = new ModelDimensions(8, 40, 192, 3, 2, 301, 16, 192, 3, 2);

    private static final Checkpoint PLAIN = checkpoint();

    private static Checkpoint checkpoint() {
        Checkpoint random = RandomCheckpoint.of(DIMENSIONS, DataType.F32, 11);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        random.tensors().forEach((name, tensor) -> {
            float[] elements = WeightBuffers.array(tensor);
            ByteBuffer data = ByteBuffer.allocate(elements.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (float element : elements) {
                data.putFloat(element * 0.1f + (name.endsWith("ln.weight") ? 1 : 0));
            }
            tensors.put(name, new Tensor(DataType.F32, tensor.shape(), data.flip()));
        });
        return new Checkpoint(DIMENSIONS, tensors, random.tokenizer());
    }

    @ParameterizedTest
    @CsvSource({"2, 32", "3, 64", "4, 32", "4, 64", "6, 64", "8, 32", "8, 64"})
    void usesDequantizedWeights(int bits, int groupSize) {
        Checkpoint exact =
                new AffineQuantizer(bits, groupSize, DataType.F32, Bias.MULTIPLE_OF_SCALE).quantize(PLAIN, all());
        assertThat(distance(exact, Precision.AS_STORED)).isLessThan(1e-4);
        Checkpoint minima = new AffineQuantizer(bits, groupSize, DataType.F16, Bias.MINIMUM).quantize(PLAIN, all());
        assertThat(distance(minima, Precision.AS_STORED)).isLessThan(1e-4);
        assertThat(distance(minima, Precision.AS_STORED_INT8)).isBetween(1e-4, 0.02);
    }

    private static Predicate<String> all() {
        return name -> true;
    }

    private static double distance(Checkpoint checkpoint, Precision precision) {
        return distance(checkpoint, OnnxOptions.cpu(precision, 2), LinearForms.of(precision));
    }

    private static double distance(Checkpoint checkpoint, OnnxOptions options, LinearForms forms) {
        float[][] expected = logits(new ReferenceNetwork(checkpoint));
        float[][] actual = logits(OnnxNetwork.load(checkpoint, options, forms));
        return RelativeDistance.of(actual, expected);
    }

    /** Returns the logits after several tokens and after one more. Closes the network. */
    private static float[][] logits(WhisperNetwork network) {
        Random random = new Random(6);
        float[] window = new float[DIMENSIONS.nMels() * 2 * DIMENSIONS.nAudioCtx()];
        for (int i = 0; i < window.length; i++) {
            window[i] = (float) random.nextGaussian();
        }
        float[][] first = new float[3][DIMENSIONS.nVocab()];
        float[][] last = new float[1][DIMENSIONS.nVocab()];
        try (network;
                EncoderOutput windows = network.encode(List.of(window));
                DecoderSession session = windows.startDecoding(1)) {
            session.append(new int[][] {{1, 200, 3}}, new int[] {0, 1, 2}, first);
            session.append(new int[][] {{77}}, new int[] {0}, last);
        }
        return new float[][] {first[0], first[1], first[2], last[0]};
    }

    /** The rounding error of the biases must not be lost. */
    @ParameterizedTest
    @CsvSource({"4, F16", "8, F16", "4, BF16", "8, BF16"})
    void usesDequantizedRoundedWeights(int bits, DataType stored) {
        Checkpoint rounded = new AffineQuantizer(bits, 64, stored, Bias.MULTIPLE_OF_SCALE).quantize(PLAIN, all());
        assertThat(distance(rounded, Precision.AS_STORED)).isLessThan(1e-5);
    }

    /** With and without the embedding, in encoder and decoder, with several widths within one attention. */
    @ParameterizedTest
    @ValueSource(strings = {".*token_embedding.*", ".*(query|mlp.0).*", "encoder.*"})
    void mixesPlainAndQuantizedLayers(String pattern) {
        Checkpoint some =
                new AffineQuantizer(4, 32, DataType.F16, Bias.MINIMUM).quantize(PLAIN, name -> name.matches(pattern));
        Checkpoint all = new AffineQuantizer(8, 64, DataType.F32, Bias.MULTIPLE_OF_SCALE)
                .quantize(some, name -> !name.matches(pattern));
        for (Checkpoint checkpoint : List.of(some, all)) {
            assertThat(distance(checkpoint, Precision.AS_STORED)).isLessThan(1e-4);
        }
    }

    /** Other precisions receive floats and quantize them again if required. */
    @ParameterizedTest
    @CsvSource({"FLOAT32, 1e-4", "INT8, 0.05", "BLOCKWISE_8, 0.05", "BLOCKWISE_4, 0.4"})
    void dequantizesGroupsForOtherPrecisions(Precision precision, double tolerance) {
        Checkpoint grouped = new AffineQuantizer(4, 64, DataType.F16, Bias.MINIMUM).quantize(PLAIN, all());
        assertThat(distance(grouped, precision)).isLessThan(tolerance);
        try (OnnxNetwork network = OnnxNetwork.load(grouped, OnnxOptions.cpu(precision, 2))) {
            assertThat(network.quantization()).contains("4-bit weights dequantised");
        }
    }

    @Test
    void dequantizesGroupsInPlainEncoderForm() {
        Checkpoint grouped = new AffineQuantizer(4, 64, DataType.F16, Bias.MINIMUM).quantize(PLAIN, all());
        OnnxOptions options = new OnnxOptions(Precision.FLOAT32, 2, OnnxOptions.EncoderForm.PLAIN, null);
        assertThat(distance(grouped, options, LinearForms.of(Precision.FLOAT32)))
                .isLessThan(1e-4);
    }

    @Test
    void describesStorageOfWeights() {
        LinearForms kept = LinearForms.of(Precision.AS_STORED);
        AffineQuantizer four = new AffineQuantizer(4, 64, DataType.F16, Bias.MULTIPLE_OF_SCALE);
        assertThat(kept.describe(PLAIN)).isEmpty();
        assertThat(kept.describe(four.quantize(PLAIN, all()))).contains("4-bit weights kept");
        Checkpoint mixed = new AffineQuantizer(8, 64, DataType.F16, Bias.MULTIPLE_OF_SCALE)
                .quantize(four.quantize(PLAIN, name -> name.contains("mlp")), name -> !name.contains("mlp"));
        assertThat(kept.describe(mixed)).contains("4-bit and 8-bit weights kept");
        assertThat(new LinearForms(Precision.FLOAT32.encoderLayers(), kept.decoder())
                        .describe(four.quantize(PLAIN, all())))
                .contains("4-bit weights kept in the decoder, dequantised in the encoder");
        Checkpoint small = new AffineQuantizer(4, 8, DataType.F16, Bias.MULTIPLE_OF_SCALE)
                .quantize(four.quantize(PLAIN, name -> name.contains("mlp")), name -> name.contains("token_embedding"));
        assertThat(kept.describe(small)).contains("4-bit weights kept, but dequantised in 1 of 9 layers");
        assertThat(distance(small, Precision.AS_STORED)).isLessThan(1e-4);
    }
}
