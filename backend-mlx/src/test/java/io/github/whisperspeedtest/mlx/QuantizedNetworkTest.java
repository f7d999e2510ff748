package io.github.whisperspeedtest.mlx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.safetensors.SafetensorsWriter;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.GroupedMatrix;
import io.github.whisperspeedtest.checkpoint.tensor.StoredArray;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.mlx.bindings.MlxDevice;
import io.github.whisperspeedtest.mlx.bindings.RealMlx;
import io.github.whisperspeedtest.mlx.network.MlxNetwork;
import io.github.whisperspeedtest.mlx.network.MlxOptions;
import io.github.whisperspeedtest.mlx.network.MlxPrecision;
import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.EncoderOutput;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.onnx.OnnxNetwork;
import io.github.whisperspeedtest.onnx.OnnxOptions;
import io.github.whisperspeedtest.onnx.graph.Precision;
import io.github.whisperspeedtest.onnx.session.OnnxRuntime;
import io.github.whisperspeedtest.testing.RandomCheckpoint;
import io.github.whisperspeedtest.testing.ReferenceNetwork;
import io.github.whisperspeedtest.testing.RelativeDistance;
import io.github.whisperspeedtest.testkit.TestContexts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests quantized models on both engines: each must compute with the dequantized weights, regardless of the
 * quantization error.
 */
@Tag("end-to-end")
class QuantizedNetworkTest {
    static {
        OnnxRuntime.start(TestContexts.ofEngine());
    }

    private static final ModelDimensions DIMENSIONS = new ModelDimensions(80, 60, 128, 2, 2, 1000, 40, 128, 2, 2);
    private static final int[][] PROMPT = {{7, 8, 9, 300}};
    private static final int[][] STEP = {{33}};

    @ParameterizedTest
    @CsvSource({"2, 32", "3, 64", "4, 32", "4, 64", "4, 128", "5, 64", "6, 64", "8, 64", "8, 128"})
    @RealMlx
    void mlxUsesDequantizedWeights(int bits, int groupSize) throws IOException {
        Checkpoint checkpoint = quantized(new Grouping(bits, groupSize));
        assertThat(RelativeDistance.of(
                        onMlx(checkpoint, MlxPrecision.FLOAT32), logits(new ReferenceNetwork(checkpoint))))
                .isLessThan(1e-4);
    }

    @ParameterizedTest
    @CsvSource({"4, FLOAT16, 0.02", "8, FLOAT16, 0.02", "4, BFLOAT16, 0.1"})
    @RealMlx
    void mlxStaysCloseWithFewerBits(int bits, MlxPrecision precision, double tolerance) throws IOException {
        Checkpoint checkpoint = quantized(new Grouping(bits, 64));
        assertThat(RelativeDistance.of(onMlx(checkpoint, precision), logits(new ReferenceNetwork(checkpoint))))
                .isBetween(1e-5, tolerance);
    }

    @ParameterizedTest
    @CsvSource({"2, 32", "3, 64", "4, 32", "4, 64", "4, 128", "5, 64", "6, 64", "8, 64", "8, 128"})
    void onnxRuntimeUsesDequantizedWeights(int bits, int groupSize) throws IOException {
        Checkpoint checkpoint = quantized(new Grouping(bits, groupSize));
        float[][] actual = logits(OnnxNetwork.load(checkpoint, OnnxOptions.cpu(Precision.AS_STORED, 2)));
        assertThat(RelativeDistance.of(actual, logits(new ReferenceNetwork(checkpoint))))
                .isLessThan(1e-4);
    }

    private static float[][] onMlx(Checkpoint checkpoint, MlxPrecision precision) {
        return logits(MlxNetwork.load(checkpoint, new MlxOptions(MlxDevice.CPU, precision)));
    }

    /** Returns a model whose linear layers and token embedding are quantized like those of the writer. */
    private static Checkpoint quantized(Grouping grouping) throws IOException {
        Checkpoint random = RandomCheckpoint.of(DIMENSIONS, DataType.F16, 3);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, Tensor> entry : random.tensors().entrySet()) {
            String name = MlxNames.of(entry.getKey());
            Tensor tensor = entry.getValue();
            boolean isQuantizable = MlxNames.isQuantizable(name, tensor.shape());
            tensors.put(entry.getKey(), isQuantizable ? quantized(name, scaled(tensor), grouping) : tensor);
        }
        return new Checkpoint(DIMENSIONS, tensors, random.tokenizer(), random.generation());
    }

    /** Returns weights that preserve the scale of activations, so that small differences do not grow. */
    private static Tensor scaled(Tensor tensor) {
        float[] elements = new float[(int) tensor.elementCount()];
        tensor.copyTo(0, elements);
        ByteBuffer bytes = ByteBuffer.allocate(elements.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        float factor = (float) (1 / Math.sqrt(tensor.shape().get(1)));
        for (float element : elements) {
            bytes.putFloat(element * factor);
        }
        return new Tensor(DataType.F32, tensor.shape(), bytes.flip());
    }

    private static Tensor quantized(String name, Tensor tensor, Grouping grouping) throws IOException {
        QuantizedArrays arrays = new QuantizedArrays(name, tensor, grouping);
        return Tensor.grouped(new GroupedMatrix(
                grouping.bits(),
                grouping.groupSize(),
                inMemory(arrays.codes()),
                inMemory(arrays.scales()).tensor(),
                inMemory(arrays.biases()).tensor()));
    }

    private static StoredArray inMemory(SafetensorsWriter.Array array) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        array.content().writeTo(Channels.newChannel(bytes));
        return StoredArray.of(array.type(), array.shape(), ByteBuffer.wrap(bytes.toByteArray()));
    }

    /** Returns the logits after a prompt and after one more token. Closes the network. */
    private static float[][] logits(WhisperNetwork network) {
        Random random = new Random(6);
        float[] window = new float[DIMENSIONS.nMels() * 2 * DIMENSIONS.nAudioCtx()];
        for (int i = 0; i < window.length; i++) {
            window[i] = (float) random.nextGaussian();
        }
        float[][] prompt = new float[PROMPT[0].length][DIMENSIONS.nVocab()];
        float[][] step = new float[1][DIMENSIONS.nVocab()];
        try (network;
                EncoderOutput encoded = network.encode(List.of(window));
                DecoderSession session = encoded.startDecoding(1)) {
            session.append(PROMPT, new int[] {0, 1, 2, 3}, prompt);
            session.append(STEP, new int[] {0}, step);
        }
        return Stream.of(prompt, step).flatMap(Arrays::stream).toArray(float[][]::new);
    }
}
