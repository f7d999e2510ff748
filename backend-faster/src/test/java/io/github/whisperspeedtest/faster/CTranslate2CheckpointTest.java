package io.github.whisperspeedtest.faster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.GenerationConfig;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.FileRegion;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.testing.RandomCheckpoint;
import io.github.whisperspeedtest.tokenizer.TokenizerWriter;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("formats")
class CTranslate2CheckpointTest {
    private static final Checkpoint TINY = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F32, 3);
    private static final String QUERIES_KEYS_VALUES = "encoder/layer_1/self_attention/linear_0/weight";

    @TempDir
    Path directory;

    private ModelBinBuilder model;

    @BeforeEach
    void writeFilesBesideTheWeights() throws IOException {
        ModelDirectory.write(TINY, "float32", directory);
        model = ModelBinBuilder.of(TINY);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 6})
    void readsEveryBinaryVersion(int version) throws IOException {
        CTranslate2Checkpoint read = read(model.version(version));

        ModelDirectory.assertSameValues(read.checkpoint(), TINY);
        assertThat(read.weightType()).isEqualTo("float32");
    }

    @Test
    void readsActivationNameOfOlderRevisions() throws IOException {
        for (int revision : new int[] {1, 2}) {
            model.revision(revision).number("decoder/activation", ModelBinBuilder.INT8, 1);
            ModelDirectory.assertSameValues(read(model).checkpoint(), TINY);
        }
    }

    @Test
    void splitsQuantizedProjectionsWithTheirScales() throws IOException {
        int width = TINY.dimensions().nAudioState();
        byte[] bytes = new byte[3 * width * width];
        ByteBuffer scales = ByteBuffer.allocate(3 * width * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i - 96);
        }
        for (int row = 0; row < 3 * width; row++) {
            scales.putFloat(1 + row);
        }
        model.put(QUERIES_KEYS_VALUES, ModelBinBuilder.INT8, List.of(3 * width, width), bytes)
                .put(QUERIES_KEYS_VALUES + "_scale", ModelBinBuilder.FLOAT32, List.of(3 * width), scales.array());

        Checkpoint read = read(model).checkpoint();

        List<String> projections = List.of("query", "key", "value");
        for (int i = 0; i < 3; i++) {
            Tensor tensor = ModelDirectory.tensor(read, "encoder.blocks.1.attn." + projections.get(i) + ".weight");
            assertThat(tensor.type()).isEqualTo(DataType.I8);
            assertThat(tensor.data()).isEqualTo(ByteBuffer.wrap(bytes, i * width * width, width * width));
            for (int row = 0; row < width; row++) {
                // The file stores the factor by which a weight was multiplied.
                assertThat(tensor.rowScales()[row]).isEqualTo(1f / (1 + i * width + row));
            }
        }
    }

    @Test
    void readsQuantizedConvolutions() throws IOException {
        int width = TINY.dimensions().nAudioState();
        byte[] bytes = new byte[width * 80 * 3];
        Arrays.fill(bytes, (byte) 5);
        ByteBuffer scales = ByteBuffer.allocate(width * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < width; row++) {
            scales.putFloat(2);
        }
        model.put("encoder/conv1/weight", ModelBinBuilder.INT8, List.of(width, 80, 3), bytes)
                .put("encoder/conv1/weight_scale", ModelBinBuilder.FLOAT32, List.of(width), scales.array());

        Tensor convolution = ModelDirectory.tensor(read(model).checkpoint(), "encoder.conv1.weight");

        assertThat(ModelDirectory.values(convolution)).containsOnly(2.5f);
    }

    @ParameterizedTest
    @CsvSource({"4, F16", "5, BF16"})
    void readsHalfFloats(int type, DataType dataType) throws IOException {
        byte[] ones = new byte[64 * Short.BYTES];
        ByteBuffer shorts = ByteBuffer.wrap(ones).order(ByteOrder.LITTLE_ENDIAN);
        while (shorts.hasRemaining()) {
            shorts.putShort((short) (dataType == DataType.F16 ? 0x3c00 : 0x3f80));
        }
        model.put("encoder/layer_norm/gamma", type, List.of(64), ones);

        Tensor norm = ModelDirectory.tensor(read(model).checkpoint(), "encoder.ln_post.weight");

        assertThat(norm.type()).isEqualTo(dataType);
        assertThat(ModelDirectory.values(norm)).containsOnly(1);
    }

    @Test
    void distinguishesInterruptFromDamage() throws IOException {
        read(model);

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> ModelDirectory.read(directory)).isInstanceOf(OperationCancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void readsAliases() throws IOException {
        model.remove("decoder/layer_1/ffn/layer_norm/beta")
                .alias("decoder/layer_1/ffn/layer_norm/beta", "decoder/layer_0/ffn/layer_norm/beta");

        Checkpoint read = read(model).checkpoint();

        assertThat(ModelDirectory.values(ModelDirectory.tensor(read, "decoder.blocks.1.mlp_ln.bias")))
                .containsExactly(ModelDirectory.values(ModelDirectory.tensor(TINY, "decoder.blocks.0.mlp_ln.bias")));
    }

    @Test
    void rejectsOutputProjectionThatDiffersFromEmbedding() throws IOException {
        ModelBinBuilder.Array embedding = model.get("decoder/embeddings/weight");
        model.remove("decoder/projection/weight")
                .put(
                        "decoder/projection/weight",
                        ModelBinBuilder.FLOAT32,
                        embedding.shape(),
                        embedding.data().clone());
        ModelDirectory.assertSameValues(read(model).checkpoint(), TINY);

        model.get("decoder/projection/weight").data()[7] ^= 1;
        assertRefused("output projection should be its token embedding");
    }

    @Test
    void readsDecodingSettingsFromConfig() throws IOException {
        assertThat(read(model).checkpoint().generation()).isEqualTo(TINY.generation());

        Files.writeString(directory.resolve("config.json"), """
                {"alignment_heads": [[1, 0]], "lang_ids": [50259], "suppress_ids": null, "suppress_ids_begin": [220]}""");
        assertThat(read(model).checkpoint().generation())
                .isEqualTo(new GenerationConfig(
                        Optional.empty(), Optional.of(List.of(220)), List.of(new AttentionHead(1, 0))));
    }

    @Test
    void readsTokenizerIfVocabularyIsMissing() throws IOException {
        Files.deleteIfExists(directory.resolve("vocabulary.json"));
        assertThat(read(model).checkpoint().tokenizer().merges())
                .isEqualTo(TINY.tokenizer().merges());

        TokenizerWriter.writeVocabularyJson(
                TINY.tokenizer(), TINY.dimensions().nVocab(), directory.resolve("vocabulary.json"));
        Checkpoint read = read(model).checkpoint();
        assertThat(read.tokenizer().merges()).isEmpty();
        assertThat(read.tokenizer().tokens())
                .usingElementComparator(Arrays::compare)
                .isEqualTo(TINY.tokenizer().tokens());
    }

    @ParameterizedTest
    @CsvSource({
        "model.bin, has no file 'model.bin'",
        "config.json, has no file 'config.json'",
        "tokenizer.json, 'it should have one of [vocabulary.json, vocabulary.txt, tokenizer.json]'"
    })
    void namesMissingFile(String name, String offence) throws IOException {
        Files.deleteIfExists(directory.resolve("vocabulary.json"));
        Files.delete(directory.resolve(name));

        assertThatThrownBy(() -> ModelDirectory.read(directory))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("tiny")
                .hasMessageContaining(offence);
    }

    @Test
    void rejectsPreprocessorWithOtherNumberOfMelBands() throws IOException {
        Files.writeString(directory.resolve("preprocessor_config.json"), "{\"feature_size\": 128}");
        assertRefused("its feature_size should be the 80 mel bins of the weights, but is 128");

        Files.delete(directory.resolve("preprocessor_config.json"));
        assertThat(read(model).checkpoint().dimensions().nMels()).isEqualTo(80);
    }

    @Test
    void rejectsFileOfOtherKind() throws IOException {
        model.version(3);
        assertRefused("binary version 4 to 6, but has 3");
        model.version(7);
        assertRefused("binary version 4 to 6, but has 7");
        model.version(6).spec("TransformerSpec");
        assertRefused("should be a WhisperSpec of revision 1 to 3, but is a TransformerSpec of revision 3");
        model.spec("WhisperSpec").revision(4);
        assertRefused("but is a WhisperSpec of revision 4");
    }

    @Test
    void namesUnsupportedTypes() throws IOException {
        model.put(QUERIES_KEYS_VALUES, ModelBinBuilder.INT16, List.of(192, 64), new byte[192 * 64 * 2])
                .number(QUERIES_KEYS_VALUES + "_scale", 0.5f);
        assertRefused("'" + QUERIES_KEYS_VALUES + "' has elements of type int16, but only float32, float16, bfloat16");

        model = ModelBinBuilder.of(TINY)
                .put("encoder/layer_norm/gamma", ModelBinBuilder.INT8, List.of(64), new byte[64])
                .put("encoder/layer_norm/gamma_scale", ModelBinBuilder.FLOAT32, List.of(64), new byte[256]);
        assertRefused("'encoder/layer_norm/gamma' has elements of type int8");
    }

    @Test
    void rejectsInvalidScales() throws IOException {
        model.put(QUERIES_KEYS_VALUES, ModelBinBuilder.INT8, List.of(192, 64), new byte[192 * 64]);
        assertRefused("variable '" + QUERIES_KEYS_VALUES + "_scale' is missing");
        model.number(QUERIES_KEYS_VALUES + "_scale", 1f);
        assertRefused("should be float32[192], but is float32[]");
        model.put(QUERIES_KEYS_VALUES + "_scale", ModelBinBuilder.FLOAT32, List.of(192), new byte[192 * Float.BYTES]);
        assertRefused(
                "scale 0 of variable '" + QUERIES_KEYS_VALUES + "_scale' should be a positive number, but is 0.0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        decoder/activation                                     | 1 | 'decoder/activation' should be 3, the exact GELU, but is 1.0
        decoder/pre_norm                                       | 0 | 'decoder/pre_norm' should be 1 but is 0.0
        decoder/scale_embeddings                               | 1 | 'decoder/scale_embeddings' should be an int8 of 0 or a factor of 1 but is 1.0
        decoder/alibi                                          | 1 | 'decoder/alibi' should be 0, as for every Whisper model, but is 1.0
        decoder/layer_0/self_attention/rotary_dim              | 4 | 'decoder/layer_0/self_attention/rotary_dim' should be 0
        decoder/num_heads                                      | 3 | the 64 channels of its decoder should be 64 for each of its attention heads
        encoder/num_heads                                      | 0 | from 1 to 64 attention heads of the encoder, but has 0
        """)
    void rejectsAttributesOfOtherNetworks(String name, int value, String offence) throws IOException {
        model.number(name, ModelBinBuilder.INT8, value);

        assertRefused(offence);
    }

    @Test
    void acceptsAttributesWithoutEffect() throws IOException {
        model.number("decoder/scale_embeddings", 1f)
                .number("decoder/alibi", ModelBinBuilder.INT8, 0)
                .number("decoder/alignment_layer", ModelBinBuilder.INT16, -1)
                .number("decoder/alignment_heads", ModelBinBuilder.INT16, 1);
        ModelDirectory.assertSameValues(read(model).checkpoint(), TINY);

        model.remove("decoder/scale_embeddings");
        assertRefused("'decoder/scale_embeddings' should be set");
    }

    @Test
    void namesUnknownMissingAndMisshapenVariables() throws IOException {
        model.put("decoder/layer_0/ffn/linear_0_noact/weight", ModelBinBuilder.FLOAT32, List.of(1), new byte[4]);
        assertRefused(
                "has a variable 'decoder/layer_0/ffn/linear_0_noact/weight', which no Whisper model of 3 encoder and 2");
        model = ModelBinBuilder.of(TINY).remove("decoder/layer_1/ffn/linear_1/bias");
        assertRefused("variable 'decoder/layer_1/ffn/linear_1/bias' is missing");
        model = ModelBinBuilder.of(TINY)
                .put(QUERIES_KEYS_VALUES, ModelBinBuilder.FLOAT32, List.of(64, 192), new byte[64 * 192 * 4]);
        assertRefused("'" + QUERIES_KEYS_VALUES + "' should have the shape [192, 64], but has [64, 192]");
        model = ModelBinBuilder.of(TINY).put("encoder/conv1/weight", ModelBinBuilder.FLOAT32, List.of(8), new byte[32]);
        assertRefused("'encoder/conv1/weight' should have 3 dimensions");
        model = ModelBinBuilder.of(TINY).remove("encoder/num_heads");
        assertRefused("'encoder/num_heads' should be a number, but is missing");
    }

    @Test
    void rejectsStructureThatExceedsFile() throws IOException {
        model.put("huge", ModelBinBuilder.FLOAT32, List.of(1 << 30, 1 << 30), new byte[4]);
        assertRefused("variable 'huge' should have a shape that fits into the file");
        model = ModelBinBuilder.of(TINY).put("odd", ModelBinBuilder.FLOAT32, List.of(3), new byte[4]);
        assertRefused("variable 'odd' should have 12 bytes for float32[3], but has 4");
        model = ModelBinBuilder.of(TINY).put("strange\u0007", 6, List.of(1), new byte[4]);
        assertRefused("variable 'strange?' should have a type from 0 to 5, but has 6");
        model = ModelBinBuilder.of(TINY).put("deep", 1, List.of(1, 1, 1, 1, 1, 1, 1, 1, 1), new byte[1]);
        assertRefused("variable 'deep' should have at most 8 dimensions, but has 9");
        model = ModelBinBuilder.of(TINY).alias("a", "nothing");
        assertRefused("'a' should refer to a variable, but there is no 'nothing'");
        model = ModelBinBuilder.of(TINY).alias("encoder/num_heads", "decoder/num_heads");
        assertRefused("it has the variable 'encoder/num_heads' twice");

        byte[] valid = ModelBinBuilder.of(TINY).build();
        Files.write(directory.resolve("model.bin"), Arrays.copyOf(valid, valid.length + 1));
        assertThatThrownBy(() -> ModelDirectory.read(directory)).hasMessageContaining("but 1 bytes follow");
        Files.write(directory.resolve("model.bin"), Arrays.copyOf(valid, 3));
        assertThatThrownBy(() -> ModelDirectory.read(directory))
                .hasMessageContaining("at byte 0 should be its binary version of 4 bytes, but only 3 follow");
    }

    @Test
    void readsFileOfSeveralGigabytes() throws IOException {
        int length = 1_600_000_000;
        Path file = directory.resolve("sparse.bin");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            byte[] empty = new ModelBinBuilder().build();
            // The numbers of variables and of aliases.
            sparse.write(empty, 0, empty.length - 2 * Integer.BYTES);
            sparse.write(new byte[] {2, 0, 0, 0});
            for (char name : new char[] {'a', 'b'}) {
                ByteBuffer header = ByteBuffer.allocate(14).order(ByteOrder.LITTLE_ENDIAN);
                header.putShort((short) 2).put((byte) name).put((byte) 0);
                header.put((byte) 1)
                        .putInt(length)
                        .put((byte) ModelBinBuilder.INT8)
                        .putInt(length);
                sparse.write(header.array());
                sparse.seek(sparse.getFilePointer() + length);
            }
            sparse.write(new byte[] {0, 0, 0, 0});
        }

        ModelBin read = ModelBin.read(file);

        assertThat(Files.size(file)).isGreaterThan(2L * length);
        assertThat(read.variables()).containsOnlyKeys("a", "b");
        assertThat(Objects.requireNonNull(read.variables().get("b")).rows(length - 1, 1))
                .isEqualTo(new FileRegion(file, Files.size(file) - Integer.BYTES - 1, 1));
    }

    private CTranslate2Checkpoint read(ModelBinBuilder builder) throws IOException {
        Files.write(directory.resolve("model.bin"), builder.build());
        return ModelDirectory.read(directory);
    }

    private void assertRefused(String offence) throws IOException {
        Files.write(directory.resolve("model.bin"), model.build());
        assertThatThrownBy(() -> ModelDirectory.read(directory))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining(offence)
                .hasMessageEndingWith(".");
    }
}
