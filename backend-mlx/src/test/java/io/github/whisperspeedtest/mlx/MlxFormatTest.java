package io.github.whisperspeedtest.mlx;

import static io.github.whisperspeedtest.mlx.MlxDirectory.bytes;
import static io.github.whisperspeedtest.mlx.MlxDirectory.tensor;
import static io.github.whisperspeedtest.mlx.MlxDirectory.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.Sinusoids;
import io.github.whisperspeedtest.checkpoint.safetensors.SafetensorsReader;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.GroupedMatrix;
import io.github.whisperspeedtest.checkpoint.tensor.HalfFloats;
import io.github.whisperspeedtest.checkpoint.tensor.StoredArray;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.testing.RandomCheckpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("formats")
class MlxFormatTest {
    private static final MlxFormat FORMAT = new MlxFormat();
    private static final String LAYER = "decoder.blocks.0.mlp.0.weight";

    @TempDir
    Path directory;

    @Test
    void embeddedModelRoundTripsBitForBitAsFloat16() throws IOException {
        Checkpoint written = EmbeddedModel.checkpoint();

        MlxCheckpoint model = readAll(write(written, "f16"));

        Checkpoint read = model.checkpoint();
        assertThat(model.weightType()).isEqualTo("float16");
        assertSameButForWeights(read, written);
        read.tensors().forEach((name, tensor) -> {
            if (!name.equals(MlxNames.POSITIONS)) {
                assertThat(tensor.type()).as(name).isEqualTo(DataType.F16);
                assertThat(tensor.data())
                        .as(name)
                        .isEqualTo(tensor(written, name).data());
            }
        });
    }

    @ParameterizedTest
    @CsvSource({"q4, 4, 64, 4-bit", "q8, 8, 64, 8-bit", "q4-g32, 4, 32, 4-bit in groups of 32"})
    void embeddedModelRoundTripsQuantized(String quantization, int bits, int groupSize, String label)
            throws IOException {
        Checkpoint written = EmbeddedModel.checkpoint();

        MlxCheckpoint model = readAll(write(written, quantization));

        assertThat(model.weightType()).isEqualTo(label);
        assertSameButForWeights(model.checkpoint(), written);
        model.checkpoint().tensors().forEach((name, tensor) -> {
            boolean isMatrix = tensor.shape().size() == 2 && name.endsWith(".weight");
            assertThat(tensor.groups().isPresent()).as(name).isEqualTo(isMatrix);
            if (isMatrix) {
                GroupedMatrix groups = tensor.groups().orElseThrow();
                assertThat(groups.bits()).isEqualTo(bits);
                assertThat(groups.groupSize()).isEqualTo(groupSize);
                assertThat(groups.codes().region()).isPresent();
                assertClose(name, tensor, tensor(written, name), groups);
            } else if (!name.equals(MlxNames.POSITIONS)) {
                assertThat(tensor.data())
                        .as(name)
                        .isEqualTo(tensor(written, name).data());
            }
        });
    }

    private static void assertClose(String name, Tensor read, Tensor written, GroupedMatrix groups) {
        float[] actual = values(read);
        float[] expected = values(written);
        float[] scales = values(groups.scales());
        float most = 0;
        for (int i = 0; i < actual.length; i++) {
            most = Math.max(most, Math.abs((actual[i] - expected[i]) / scales[i / groups.groupSize()]));
        }
        // In steps; the bias and 255 times the scale are rounded to 11 bits.
        assertThat(most).as(name).isLessThan(1.2f);
    }

    private static void assertSameButForWeights(Checkpoint read, Checkpoint written) {
        assertThat(read.dimensions()).isEqualTo(written.dimensions());
        assertThat(read.generation()).isEqualTo(written.generation());
        assertThat(read.tensors().keySet())
                .containsExactlyInAnyOrderElementsOf(written.tensors().keySet());
        assertThat(read.tokenizer()
                        .tokens()
                        .subList(0, written.tokenizer().tokens().size()))
                .usingElementComparator(Arrays::compare)
                .isEqualTo(written.tokenizer().tokens());
    }

    @ParameterizedTest
    @ValueSource(strings = {"q4", "q8", "f16"})
    void readsWeightsFromAnyOfThreeFiles(String quantization) throws IOException {
        Path source = write(EmbeddedModel.checkpoint(), quantization);
        Checkpoint expected = readAll(source).checkpoint();
        for (String name : MlxCheckpoint.WEIGHTS) {
            MlxDirectory model = new MlxDirectory(source, Files.createTempDirectory(directory, "model"));
            model.writeWeights(name);

            Checkpoint read = model.read().checkpoint();

            assertThat(FORMAT.recognises(model.files())).isTrue();
            expected.tensors()
                    .forEach((tensor, content) -> assertThat(
                                    Arrays.equals(values(tensor(read, tensor)), values(content)))
                            .as("%s in %s", tensor, name)
                            .isTrue());
        }
    }

    @Test
    void writesSameArraysAsMlxConverter() throws IOException {
        Path model = write(RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F16, 1), "q4");

        assertThat(model.toFile().list())
                .containsExactlyInAnyOrderElementsOf(FORMAT.fileNames("any"))
                .containsExactlyInAnyOrder(
                        "config.json", "weights.safetensors", "generation_config.json", "tokenizer.json");
        assertThat(Files.readString(model.resolve("config.json")).replaceAll("\\s", ""))
                .isEqualTo("""
                        {"n_mels":80,"n_audio_ctx":1500,"n_audio_state":64,"n_audio_head":1,"n_audio_layer":3,\
                        "n_vocab":51865,"n_text_ctx":448,"n_text_state":64,"n_text_head":1,"n_text_layer":2,\
                        "quantization":{"group_size":64,"bits":4},"model_type":"whisper"}""");
        Map<String, StoredArray> arrays = SafetensorsReader.arrays(model.resolve("weights.safetensors"));
        assertArray(arrays, "encoder.conv1.weight", "F16[64, 3, 80]");
        assertArray(arrays, "encoder.conv2.weight", "F16[64, 3, 64]");
        assertArray(arrays, "encoder.blocks.2.mlp2.weight", "U32[64, 32]");
        assertArray(arrays, "encoder.blocks.2.mlp2.scales", "F16[64, 4]");
        assertArray(arrays, "encoder.blocks.2.mlp2.biases", "F16[64, 4]");
        assertArray(arrays, "encoder.blocks.2.mlp2.bias", "F16[64]");
        assertArray(arrays, "decoder.blocks.1.cross_attn.key.weight", "U32[64, 8]");
        assertArray(arrays, "decoder.blocks.1.cross_attn_ln.weight", "F16[64]");
        assertArray(arrays, "decoder.token_embedding.weight", "U32[51865, 8]");
        assertArray(arrays, "decoder.positional_embedding", "F16[448, 64]");
        assertArray(arrays, "alignment_heads", "I64[2, 2]");
        assertThat(arrays).doesNotContainKeys("encoder.positional_embedding", "decoder.blocks.1.cross_attn.key.bias");
    }

    private static void assertArray(Map<String, StoredArray> arrays, String name, String expected) {
        StoredArray array = Objects.requireNonNull(arrays.get(name), name);
        assertThat(array.type() + array.shape()).as(name).isEqualTo(expected);
    }

    @Test
    void writesInputsOfConvolutionsLast() throws IOException {
        Checkpoint written = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F16, 2);

        Path model = write(written, "f16");

        StoredArray stored = Objects.requireNonNull(
                SafetensorsReader.arrays(model.resolve("weights.safetensors")).get("encoder.conv1.weight"));
        float[] kernel = values(tensor(written, "encoder.conv1.weight"));
        float[] transposed = values(stored.tensor());
        for (int output = 0; output < 64; output++) {
            for (int input = 0; input < 80; input++) {
                for (int position = 0; position < 3; position++) {
                    assertThat(transposed[(output * 3 + position) * 80 + input])
                            .isEqualTo(kernel[(output * 80 + input) * 3 + position]);
                }
            }
        }
        assertThat(values(tensor(readAll(model).checkpoint(), "encoder.conv1.weight")))
                .isEqualTo(kernel);
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void writesEveryType(DataType type) throws IOException {
        Checkpoint written = RandomCheckpoint.of(RandomCheckpoint.TINY, type, 3);

        Checkpoint halves = readAll(write(written, "f16")).checkpoint();
        Checkpoint groups = readAll(write(written, "q8")).checkpoint();

        written.tensors().forEach((name, tensor) -> {
            float[] expected = values(tensor);
            for (int i = 0; i < expected.length; i++) {
                expected[i] = HalfFloats.toFloat(HalfFloats.fromFloat(expected[i]));
            }
            assertThat(Arrays.equals(values(tensor(halves, name)), expected))
                    .as(name)
                    .isTrue();
        });
        Tensor quantized = tensor(groups, LAYER);
        assertClose(LAYER, quantized, tensor(halves, LAYER), quantized.groups().orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"F16", "BF16", "F32"})
    void keepsGroupsOfSameQuantization(String type) throws IOException {
        MlxDirectory model =
                new MlxDirectory(write(RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F16, 4), "q4"), directory);
        model.arrays.replaceAll((name, array) -> name.endsWith(".scales") || name.endsWith(".biases")
                ? StoredArray.of(type, array.shape(), filled(array, type))
                : array);
        Checkpoint grouped = model.writeAndRead().checkpoint();

        Map<String, StoredArray> written =
                SafetensorsReader.arrays(write(grouped, "q4").resolve("weights.safetensors"));

        assertThat(written.keySet()).isEqualTo(model.arrays.keySet());
        model.arrays.forEach((name, array) -> {
            StoredArray same = Objects.requireNonNull(written.get(name), name);
            assertThat(same.type()).as(name).isEqualTo(array.type());
            assertThat(same.data()).as(name).isEqualTo(array.data());
        });
    }

    private static ByteBuffer filled(StoredArray like, String type) {
        float[] values = values(like.tensor());
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            switch (type) {
                case "F32" -> bytes.putFloat(value * 1.001f);
                case "BF16" -> bytes.putShort((short) (Float.floatToRawIntBits(value) >> 16));
                default -> bytes.putShort(HalfFloats.fromFloat(value));
            }
        }
        return bytes.flip();
    }

    @Test
    void requantizesGroupsOfOtherQuantization() throws IOException {
        Checkpoint original = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F16, 5);
        Checkpoint eight = readAll(write(original, "q8")).checkpoint();

        Checkpoint four = readAll(write(eight, "q4")).checkpoint();
        Checkpoint halves = readAll(write(eight, "f16")).checkpoint();

        GroupedMatrix groups = tensor(four, LAYER).groups().orElseThrow();
        assertThat(groups.bits()).isEqualTo(4);
        assertClose(LAYER, tensor(four, LAYER), tensor(eight, LAYER), groups);
        float[] expected = values(tensor(eight, LAYER));
        for (int i = 0; i < expected.length; i++) {
            expected[i] = HalfFloats.toFloat(HalfFloats.fromFloat(expected[i]));
        }
        assertThat(values(tensor(halves, LAYER))).isEqualTo(expected);
    }

    @Test
    void writesSameModelToIdenticalFiles() throws IOException {
        Checkpoint written = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F32, 6);

        Path first = write(written, "q4");
        Path second = write(written, "q4");

        for (String name : FORMAT.fileNames("any")) {
            assertThat(first.resolve(name)).hasSameBinaryContentAs(second.resolve(name));
        }
    }

    /** Covers every stored type. A smaller change would be indistinguishable from rounding. */
    @ParameterizedTest
    @CsvSource({"F32, 0, false", "F16, 0, false", "BF16, 0, false", "F32, 0.01, true", "F32, NaN, true"})
    void writesPositionsOnlyIfMlxComputesOthers(DataType type, float change, boolean isWritten) throws IOException {
        Checkpoint random = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F16, 7);
        float[] positions = values(Sinusoids.tensor(1500, 64));
        positions[777] += change;
        ByteBuffer bytes = ByteBuffer.allocate(positions.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : positions) {
            switch (type) {
                case F32 -> bytes.putFloat(value);
                case F16 -> bytes.putShort(HalfFloats.fromFloat(value));
                default -> bytes.putShort((short) (Float.floatToRawIntBits(value) >> 16));
            }
        }
        Map<String, Tensor> tensors = new HashMap<>(random.tensors());
        tensors.put(MlxNames.POSITIONS, new Tensor(type, List.of(1500, 64), bytes.flip()));
        Path model =
                write(new Checkpoint(random.dimensions(), tensors, random.tokenizer(), random.generation()), "f16");

        boolean written = SafetensorsReader.arrays(model.resolve("weights.safetensors"))
                .containsKey("encoder._positional_embedding");

        assertThat(written).isEqualTo(isWritten);
        float[] read = values(tensor(readAll(model).checkpoint(), MlxNames.POSITIONS));
        assertThat(read[777] != values(Sinusoids.tensor(1500, 64))[777]).isEqualTo(isWritten);
    }

    @Test
    void writesDefaultAlignmentHeadsOfMlx() throws IOException {
        Checkpoint random = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F16, 8);

        Checkpoint read = readAll(
                        write(new Checkpoint(random.dimensions(), random.tensors(), random.tokenizer()), "f16"))
                .checkpoint();

        assertThat(read.generation().alignmentHeads()).containsExactly(new AttentionHead(1, 0));
    }

    @Test
    void rejectsNonFiniteWeights() {
        Checkpoint whole = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F32, 9);
        Map<String, Tensor> tensors = new HashMap<>(whole.tensors());
        ByteBuffer bytes = ByteBuffer.wrap(bytes(tensor(whole, LAYER).data())).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putFloat(400, Float.NaN);
        tensors.put(LAYER, new Tensor(DataType.F32, tensor(whole, LAYER).shape(), bytes));
        Checkpoint damaged = new Checkpoint(whole.dimensions(), tensors, whole.tokenizer());

        assertThatThrownBy(() -> FORMAT.write(damaged, "q4", directory, List.of()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("'" + LAYER + "'")
                .hasMessageContaining("NaN");
    }

    @Test
    void rejectsIncompleteCheckpoint() {
        Checkpoint whole = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F16, 10);
        Map<String, Tensor> tensors = new HashMap<>(whole.tensors());
        tensors.remove("decoder.ln.weight");
        Checkpoint partial = new Checkpoint(whole.dimensions(), tensors, whole.tokenizer());

        assertThatThrownBy(() -> FORMAT.write(partial, "q4", directory, List.of()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("'decoder.ln.weight' is missing");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void rejectsOtherNamesAndQuantizations() {
        Checkpoint checkpoint = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F16, 11);
        assertThat(FORMAT.quantizations()).containsExactly("q4", "q8", "f16", "q4-g32");

        assertThatThrownBy(() -> FORMAT.write(checkpoint, "q5_0", directory, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[q4, q8, f16, q4-g32]");
        assertThatThrownBy(() -> FORMAT.write(checkpoint, "q4", directory, List.of("model.bin")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("model.bin");
        assertThat(directory).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"n_mels\": 80}       | weights.safetensors | true",
                "{\"n_mels\": 80}       | weights.npz         | true",
                "{\"n_mels\": 80}       | model.safetensors   | true",
                "{\"n_mels\": 80}       | model.bin           | false",
                "{\"num_mel_bins\": 80} | model.safetensors   | false",
                "damaged                | model.safetensors   | false",
                "damaged                | weights.npz         | true"
            })
    void recognisesItsFilesByTheirNamesAndTheDimensions(String config, String weights, boolean isRecognised)
            throws IOException {
        Files.writeString(directory.resolve("config.json"), config);
        Files.createFile(directory.resolve(weights));

        assertThat(FORMAT.recognises(ModelFiles.ofDirectory("m", directory))).isEqualTo(isRecognised);
    }

    private Path write(Checkpoint checkpoint, String quantization) throws IOException {
        Path model = Files.createTempDirectory(directory, "model");
        FORMAT.write(checkpoint, quantization, model, FORMAT.fileNames("tiny"));
        return model;
    }

    private static MlxCheckpoint readAll(Path model) {
        return MlxCheckpoint.read(ModelFiles.ofDirectory("tiny", model));
    }
}
