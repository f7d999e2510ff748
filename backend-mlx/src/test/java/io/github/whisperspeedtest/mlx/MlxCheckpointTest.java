package io.github.whisperspeedtest.mlx;

import static io.github.whisperspeedtest.mlx.MlxDirectory.bytes;
import static io.github.whisperspeedtest.mlx.MlxDirectory.tensor;
import static io.github.whisperspeedtest.mlx.MlxDirectory.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.Sinusoids;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.GroupedMatrix;
import io.github.whisperspeedtest.checkpoint.tensor.HalfFloats;
import io.github.whisperspeedtest.checkpoint.tensor.StoredArray;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.testing.RandomCheckpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("formats")
class MlxCheckpointTest {
    /** The only layer of this narrow model whose rows consist of whole groups of 128. */
    private static final String WIDE = "decoder.blocks.1.mlp2";

    private static final int ROWS = 64;
    private static final int COLUMNS = 256;

    private static final Map<String, Path> SOURCES = new HashMap<>();

    @TempDir
    static Path shared;

    @TempDir
    Path directory;

    @BeforeAll
    static void writeModels() throws IOException {
        Checkpoint checkpoint = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F16, 12);
        for (String quantization : List.of("q4", "f16")) {
            SOURCES.put(quantization, MlxDirectory.write(checkpoint, quantization, shared));
        }
    }

    private MlxDirectory model(String quantization) throws IOException {
        return new MlxDirectory(Objects.requireNonNull(SOURCES.get(quantization)), directory);
    }

    static Stream<Arguments> groupings() {
        List<Arguments> groupings = new ArrayList<>();
        for (int bits : new int[] {2, 3, 4, 5, 6, 8}) {
            for (int groupSize : new int[] {32, 64, 128}) {
                for (String type : List.of("F16", "BF16", "F32")) {
                    groupings.add(arguments(bits, groupSize, type));
                }
            }
        }
        return groupings.stream();
    }

    /** Codes increase along a row; scales and biases increase from group to group. */
    @ParameterizedTest
    @MethodSource("groupings")
    void readsEveryGrouping(int bits, int groupSize, String type) throws IOException {
        MlxDirectory model = model("f16");
        model.changeConfig("\"model_type\"", "\"quantization\": " + settings(bits, groupSize) + ", \"model_type\"");
        putLayer(model, bits, groupSize, type);

        MlxCheckpoint read = model.writeAndRead();

        assertThat(read.weightType())
                .isEqualTo(bits + "-bit" + (groupSize == 64 ? "" : " in groups of " + groupSize) + " and float16");
        Tensor tensor = tensor(read.checkpoint(), "decoder.blocks.1.mlp.2.weight");
        GroupedMatrix groups = tensor.groups().orElseThrow();
        assertThat(groups.bits()).isEqualTo(bits);
        assertThat(groups.groupSize()).isEqualTo(groupSize);
        assertThat(groups.scales().type().name()).isEqualTo(type);
        float[] values = values(tensor);
        float[] expected = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            int group = i / groupSize;
            expected[i] = scale(group) * code(i, bits) - group % 5;
        }
        assertThat(values).isEqualTo(expected);
        assertThat(tensor(read.checkpoint(), "decoder.blocks.0.mlp.2.weight").groups())
                .isEmpty();
    }

    private static int code(int index, int bits) {
        return (index % COLUMNS + index / COLUMNS) % (1 << bits);
    }

    private static float scale(int group) {
        return 0.25f * (1 + group % 3);
    }

    /** Replaces {@link #WIDE} by a quantized layer, packed bit by bit. */
    private static void putLayer(MlxDirectory model, int bits, int groupSize, String type) {
        byte[] codes = new byte[ROWS * COLUMNS * bits / 8];
        for (int bit = 0; bit < 8 * codes.length; bit++) {
            int set = code(bit / bits, bits) >> bit % bits & 1;
            codes[bit / 8] |= (byte) (set << bit % 8);
        }
        int groups = ROWS * COLUMNS / groupSize;
        float[] scales = new float[groups];
        float[] biases = new float[groups];
        for (int group = 0; group < groups; group++) {
            scales[group] = scale(group);
            biases[group] = -(group % 5);
        }
        List<Integer> shape = List.of(ROWS, COLUMNS / groupSize);
        model.arrays.put(
                WIDE + ".weight", StoredArray.of("U32", List.of(ROWS, COLUMNS * bits / 32), ByteBuffer.wrap(codes)));
        model.arrays.put(WIDE + ".scales", floats(type, shape, scales));
        model.arrays.put(WIDE + ".biases", floats(type, shape, biases));
    }

    private static StoredArray floats(String type, List<Integer> shape, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            switch (type) {
                case "F32" -> bytes.putFloat(value);
                case "BF16" -> bytes.putShort((short) (Float.floatToRawIntBits(value) >> 16));
                default -> bytes.putShort(HalfFloats.fromFloat(value));
            }
        }
        return StoredArray.of(type, shape, bytes.flip());
    }

    private static String settings(int bits, int groupSize) {
        return String.format(Locale.ROOT, "{\"group_size\": %d, \"bits\": %d}", groupSize, bits);
    }

    @Test
    void readsLayersWithDifferentQuantization() throws IOException {
        MlxDirectory model = model("q4");
        putLayer(model, 8, 128, "F16");
        makePlain(model, "decoder.token_embedding", 51865, 64);
        makePlain(model, "encoder.blocks.0.attn.out", 64, 64);
        String layers = "\"" + WIDE + "\": " + settings(8, 128)
                + ", \"decoder.token_embedding\": false, \"encoder.blocks.1.attn.out\": true, \"mode\": \"affine\"";
        model.changeConfig("\"bits\" : 4", "\"bits\" : 4, " + layers);

        MlxCheckpoint read = model.writeAndRead();

        assertThat(read.weightType()).isEqualTo("4-bit and 8-bit in groups of 128 and float16");
        assertThat(tensor(read.checkpoint(), "decoder.token_embedding.weight").groups())
                .isEmpty();
        assertThat(tensor(read.checkpoint(), "encoder.blocks.0.attn.out.weight").groups())
                .isEmpty();
        assertThat(bits(read, "encoder.blocks.1.attn.out.weight")).isEqualTo(4);
        assertThat(bits(read, "encoder.blocks.0.mlp.0.weight")).isEqualTo(4);
        assertThat(bits(read, "decoder.blocks.1.mlp.2.weight")).isEqualTo(8);
    }

    private static int bits(MlxCheckpoint model, String name) {
        return tensor(model.checkpoint(), name).groups().orElseThrow().bits();
    }

    /** Removes the scales of a layer and replaces its codes by zeros. */
    private static void makePlain(MlxDirectory model, String layer, int rows, int columns) {
        model.arrays.remove(layer + ".scales");
        model.arrays.remove(layer + ".biases");
        model.arrays.put(layer + ".weight", floats("F16", List.of(rows, columns), new float[rows * columns]));
    }

    @ParameterizedTest
    @CsvSource({"F16, float16", "BF16, bfloat16", "F32, float32"})
    void reportsFloatTypeOfWeights(String type, String expected) throws IOException {
        MlxDirectory model = model("f16");
        model.arrays.replaceAll((name, array) ->
                array.type().equals("F16") ? floats(type, array.shape(), values(array.tensor())) : array);

        assertThat(model.writeAndRead().weightType()).isEqualTo(expected);
    }

    @Test
    void prefersSameWeightsFileAsMlx() throws IOException {
        MlxDirectory model = model("f16");
        model.writeWeights("weights.npz");
        assertThat(regionOf(model)).endsWith(Path.of("weights.npz"));

        model.writeWeights("model.safetensors");
        assertThat(regionOf(model)).endsWith(Path.of("model.safetensors"));

        model.writeWeights("weights.safetensors");
        assertThat(regionOf(model)).endsWith(Path.of("weights.safetensors"));
    }

    private static Path regionOf(MlxDirectory model) {
        return tensor(model.read().checkpoint(), "decoder.token_embedding.weight")
                .region()
                .orElseThrow()
                .file();
    }

    @Test
    void computesMissingPositions() throws IOException {
        MlxDirectory model = model("f16");
        model.arrays.remove("encoder._positional_embedding");
        float[] made = values(tensor(model.writeAndRead().checkpoint(), "encoder.positional_embedding"));
        assertThat(made).isEqualTo(values(Sinusoids.tensor(1500, 64)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"encoder.positional_embedding", "encoder._positional_embedding"})
    void readsStoredPositions(String name) throws IOException {
        MlxDirectory model = model("f16");
        StoredArray positions = Objects.requireNonNull(model.arrays.remove("encoder._positional_embedding"));
        model.arrays.put(name, positions);

        Tensor read = tensor(model.writeAndRead().checkpoint(), "encoder.positional_embedding");

        assertThat(read.data()).isEqualTo(positions.data());
    }

    @Test
    void ignoresMask() throws IOException {
        MlxDirectory model = model("f16");
        model.arrays.put("decoder._mask", floats("F16", List.of(1), 0));

        assertThat(model.writeAndRead().checkpoint().tensors()).doesNotContainKey("decoder._mask");
    }

    @ParameterizedTest
    @ValueSource(strings = {"I32", "U32", "I64", "U64"})
    void prefersAlignmentHeadsFromWeights(String type) throws IOException {
        MlxDirectory model = model("f16");
        model.put("generation_config.json", "{\"alignment_heads\": [[0, 0]], \"suppress_tokens\": [7]}");
        model.arrays.put("alignment_heads", heads(type, 1, 0, 0, 0));

        var generation = model.writeAndRead().checkpoint().generation();

        assertThat(generation.alignmentHeads()).containsExactly(new AttentionHead(1, 0), new AttentionHead(0, 0));
        assertThat(generation.suppressTokens()).isEqualTo(Optional.of(List.of(7)));
    }

    @Test
    void readsAlignmentHeadsFromGenerationConfig() throws IOException {
        MlxDirectory model = model("f16");
        model.put("generation_config.json", "{\"alignment_heads\": [[0, 0]]}");
        model.arrays.remove("alignment_heads");

        assertThat(model.writeAndRead().checkpoint().generation().alignmentHeads())
                .containsExactly(new AttentionHead(0, 0));
    }

    /** The model lacks the layers of OpenAI's model of that name. */
    @Test
    void hasNoAlignmentHeadsIfUnspecified() throws IOException {
        MlxDirectory model = model("f16");
        model.arrays.remove("alignment_heads");

        assertThat(model.writeAndRead().checkpoint().generation().alignmentHeads())
                .isEmpty();
    }

    private static StoredArray heads(String type, long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            if (type.endsWith("64")) {
                bytes.putLong(value);
            } else {
                bytes.putInt((int) value);
            }
        }
        return StoredArray.of(type, List.of(values.length / 2, 2), bytes.flip());
    }

    /** A change to a model with four bits in groups of 64. */
    private interface Change {
        void apply(MlxDirectory model) throws IOException;
    }

    private static Arguments refused(String what, String offence, Change change) {
        return arguments(what, offence, change);
    }

    private static Change config(String from, String to) {
        return model -> model.changeConfig(from, to);
    }

    private static Change stated(String settings) {
        return config("\"bits\" : 4", "\"bits\" : 4, " + settings);
    }

    private static Change array(String name, StoredArray array) {
        return model -> model.arrays.put(name, array);
    }

    private static Change without(String name) {
        return model -> Objects.requireNonNull(model.arrays.remove(name), name);
    }

    static Stream<Arguments> refused() {
        String out = "encoder.blocks.0.attn.out";
        return Stream.of(
                refused("seven bits", "7 bits in groups of 64", config("\"bits\" : 4", "\"bits\" : 7")),
                refused("one bit", "1 bits in groups of 64", config("\"bits\" : 4", "\"bits\" : 1")),
                refused("groups of 16", "4 bits in groups of 16", config("\"group_size\" : 64", "\"group_size\" : 16")),
                refused("no bits", "'bits' should be an integer", config("\"bits\" : 4", "\"bit\" : 4")),
                refused("half a bit", "'bits' should be an integer", config("\"bits\" : 4", "\"bits\" : 4.5")),
                refused("mxfp4", "of the mode 'mxfp4', but only 'affine'", stated("\"mode\": \"mxfp4\"")),
                refused("nvfp4", "of the mode 'nvfp4', but only 'affine'", stated("\"mode\": \"nvfp4\"")),
                refused("mxfp8", "of the mode 'mxfp8', but only 'affine'", stated("\"mode\": \"mxfp8\"")),
                refused(
                        "mxfp4 in one layer",
                        "of the mode 'mxfp4'",
                        stated("\"" + out + "\": {\"group_size\": 32, \"bits\": 4, \"mode\": \"mxfp4\"}")),
                refused("seven bits in one layer", "7 bits", stated("\"" + out + "\": " + settings(7, 64))),
                refused(
                        "other bits of one layer",
                        "array '" + out + ".weight' should have the shape [64, 16] for the 8 bits in groups of 64",
                        stated("\"" + out + "\": " + settings(8, 64))),
                refused("a layer that is none", "has 'encoder.conv1'", stated("\"encoder.conv1\": false")),
                refused("a setting to come", "has 'quant_method'", stated("\"quant_method\": \"x\"")),
                refused(
                        "a layer that is a number",
                        "'" + out + "' should be true or false",
                        stated("\"" + out + "\": 4")),
                refused(
                        "a plain layer that is not",
                        "layer '" + out + "' is quantised",
                        stated("\"" + out + "\": false")),
                refused("no quantisation", "is quantised, but no quantisation", config("quantization", "quantisation")),
                refused(
                        "text",
                        "'quantization' should be an object",
                        config("\"quantization\" : {", "\"quantization\" : \"\", \"x\": {")),
                refused("other bits", "for the 8 bits in groups of 64", config("\"bits\" : 4", "\"bits\" : 8")),
                refused(
                        "smaller groups",
                        "should have the shape [64, 2] for the 4 bits in groups of 32",
                        config("\"group_size\" : 64", "\"group_size\" : 32")),
                refused(
                        "groups longer than a row",
                        "rows of 64 weights, which are no whole groups of 128",
                        config("\"group_size\" : 64", "\"group_size\" : 128")),
                refused(
                        "another model",
                        "the model_type 'whisper', but has 'llama'",
                        config("\"whisper\"", "\"llama\"")),
                refused("a dimension that is missing", "'n_mels' should be an integer", config("n_mels", "mels")),
                refused(
                        "layers without end",
                        "256 encoder layers",
                        config("\"n_audio_layer\" : 3", "\"n_audio_layer\" : 2000000000")),
                refused(
                        "a layer more",
                        "'encoder.blocks.3.attn.query.weight' is missing",
                        config("\"n_audio_layer\" : 3", "\"n_audio_layer\" : 4")),
                refused(
                        "a layer less",
                        "which no such model has",
                        config("\"n_audio_layer\" : 3", "\"n_audio_layer\" : 2")),
                refused("no biases", "array '" + out + ".biases' is missing", without(out + ".biases")),
                refused("no bias", "array '" + out + ".bias' is missing", without(out + ".bias")),
                refused("no codes", "array '" + out + ".weight' is missing", without(out + ".weight")),
                refused(
                        "no scales",
                        "array '" + out + ".weight' should have the shape [64, 64]",
                        without(out + ".scales")),
                refused("no kernel", "array 'encoder.conv1.weight' is missing", without("encoder.conv1.weight")),
                refused(
                        "codes that are signed",
                        "should have elements of type U32, but has I32",
                        array(out + ".weight", StoredArray.of("I32", List.of(64, 8), ByteBuffer.allocate(2048)))),
                refused(
                        "scales of mxfp4",
                        "'" + out + ".scales' should have elements of type F32, F16 or BF16, but has U8",
                        array(out + ".scales", StoredArray.of("U8", List.of(64, 1), ByteBuffer.allocate(64)))),
                refused(
                        "a kernel in OpenAI's layout",
                        "'encoder.conv1.weight' should have the shape [64, 3, 80], but has [64, 80, 3]",
                        array("encoder.conv1.weight", floats("F16", List.of(64, 80, 3), new float[64 * 240]))),
                refused(
                        "an array too many",
                        "'encoder.conv3.bias', which no such model has",
                        array("encoder.conv3.bias", floats("F16", List.of(1), 0))),
                refused(
                        "two arrays of positions",
                        "'encoder.positional_embedding', which no such model has",
                        array("encoder.positional_embedding", floats("F16", List.of(1), 0))),
                refused(
                        "OpenAI's names",
                        "'decoder.blocks.1.mlp.2.weight', which no such model has",
                        array("decoder.blocks.1.mlp.2.weight", floats("F16", List.of(1), 0))),
                refused(
                        "heads of another model",
                        "heads below 1, but has 0 and 5",
                        array("alignment_heads", heads("I64", 0, 5))),
                refused("a layer before the first", "layers below 2", array("alignment_heads", heads("I32", -1, 0))),
                refused("unsigned heads", "layers below 2", array("alignment_heads", heads("U64", -1, 0))),
                refused(
                        "heads as floats",
                        "at most 2 pairs of integers, but has F16",
                        array("alignment_heads", floats("F16", List.of(1, 2), 0, 0))),
                refused(
                        "heads in a row",
                        "pairs of integers",
                        array("alignment_heads", StoredArray.of("I32", List.of(2), ByteBuffer.allocate(8)))),
                refused("too many heads", "at most 2 pairs", array("alignment_heads", heads("I32", 0, 0, 0, 0, 0, 0))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void rejectsOtherModels(String what, String offence, Change change) throws IOException {
        MlxDirectory model = model("q4");
        change.apply(model);
        model.writeWeights("weights.npz");

        assertThatThrownBy(model::read)
                .as(what)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(offence)
                .hasMessageContaining(directory.toString())
                .hasMessageEndingWith(".");
    }

    @ParameterizedTest
    @CsvSource({
        "config.json, should have a file config.json",
        "weights.npz, 'one of [weights.safetensors, model.safetensors, weights.npz]'",
        "merges.txt, has no tokenizer"
    })
    void reportsMissingFile(String name, String offence) throws IOException {
        MlxDirectory model = model("q4").writeWeights("weights.npz").remove(name);

        assertThatThrownBy(model::read)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("'tiny'")
                .hasMessageContaining(offence);
    }

    @Test
    void keepsWeightsInFile() throws IOException {
        MlxDirectory model = model("q4").writeWeights("weights.npz");

        model.read().checkpoint().tensors().forEach((name, tensor) -> {
            boolean isView = name.startsWith("encoder.conv") && name.endsWith("weight");
            assertThat(isView
                            || tensor.region().isPresent()
                            || tensor.groups().orElseThrow().codes().region().isPresent())
                    .as(name)
                    .isTrue();
        });
        assertThat(bytes(tensor(model.read().checkpoint(), "decoder.ln.weight").data()))
                .hasSize(128);
    }
}
