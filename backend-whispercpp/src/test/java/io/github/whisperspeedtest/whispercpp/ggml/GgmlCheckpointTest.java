package io.github.whisperspeedtest.whispercpp.ggml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.TensorShapes;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.HalfFloats;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GgmlCheckpointTest {
    private static final String QUANTIZED = "decoder.blocks.0.mlp.0.weight";
    private static final String KERNEL = "encoder.conv2.weight";

    /** Index of the number of tokens, behind the header and the mel filters. */
    private static final int VOCABULARY = 14 * Integer.BYTES + 80 * 201 * Float.BYTES;

    @TempDir
    Path directory;

    @Test
    void readsSixteenBitsAsTheyAreStored() throws IOException {
        Checkpoint micro = EmbeddedModel.checkpoint();
        Checkpoint read = GgmlCheckpoint.read(write("f16"));

        assertThat(read.dimensions()).isEqualTo(micro.dimensions());
        assertThat(read.tensors().keySet())
                .containsExactlyElementsOf(micro.tensors().keySet());
        read.tensors().forEach((name, tensor) -> {
            Tensor source = micro.tensors().get(name);
            assertThat(tensor.shape()).as(name).isEqualTo(source.shape());
            assertThat(tensor.isGenerated()).as(name).isFalse();
            assertThat(values(tensor)).as(name).isEqualTo(values(source));
        });
        assertThat(read.tensors().get(QUANTIZED).type()).isEqualTo(DataType.F16);
        assertThat(read.storedType()).isEqualTo("float16");
        assertThat(read.dequantizedFrom()).isEmpty();
        TensorShapes.check("The model", read);
    }

    /** The expected values are those of the blocks that the quantiser makes of the same weights. */
    @ParameterizedTest
    @CsvSource({"q8_0, Q8_0, 0.01", "q5_1, Q5_1, 0.1", "q5_0, Q5_0, 0.1", "q4_0, Q4_0, 0.2"})
    void dequantizesWhatTheWriterWrote(String quantization, GgmlFileType fileType, double relativeError)
            throws IOException {
        Checkpoint micro = EmbeddedModel.checkpoint();
        Checkpoint read = GgmlCheckpoint.read(write(quantization));

        assertThat(read.dequantizedFrom()).contains(quantization);
        assertThat(read.storedType()).isEqualTo("float16 and " + quantization);
        read.tensors().forEach((name, tensor) -> {
            float[] source = values(micro.tensors().get(name));
            GgmlType type = fileType.typeOf(name, tensor.shape());
            if (type.isQuantized()) {
                assertThat(values(tensor)).as(name).isEqualTo(quantizedAndBack(type, source));
                assertThat(relativeError(source, values(tensor))).as(name).isBetween(1e-4, relativeError);
                assertThat(tensor.dequantizedFrom()).contains(quantization);
            } else {
                assertThat(values(tensor))
                        .as(name)
                        .isEqualTo(values(micro.tensors().get(name)));
                assertThat(tensor.dequantizedFrom()).isEmpty();
            }
        });
    }

    @Test
    void writingDequantizedWeightsAgainKeepsThem() throws IOException {
        Path first = write("q5_0");
        Path copy = Files.createDirectory(directory.resolve("copy"));
        new GgmlWriter().write(GgmlCheckpoint.read(first), "q5_0", copy, List.of("again.bin"));

        assertThat(copy.resolve("again.bin")).hasSameBinaryContentAs(first);
    }

    @ParameterizedTest
    @EnumSource
    void readsEveryFileType(GgmlFileType fileType) throws IOException {
        GgmlType type = fileType.type();
        BlockSamples sample = type.isQuantized()
                ? BlockSamples.of(type).get(1)
                : new BlockSamples(type, new byte[0], new float[] {-0.75f});
        Path file = GgmlTestFile.write(
                directory.resolve("any.bin"),
                GgmlTestFile.small(256),
                fileType,
                GgmlTestFile.tokens(),
                (name, stored, target) -> fill(stored, sample.blocks(), target));

        Checkpoint read = GgmlCheckpoint.read(file);

        assertRepeats(read.tensors().get(QUANTIZED), sample.values());
        assertRepeats(read.tensors().get("decoder.token_embedding.weight"), sample.values());
        assertRepeats(read.tensors().get(KERNEL), new float[] {-0.75f});
        assertRepeats(read.tensors().get("encoder.conv1.bias"), new float[] {-0.75f});
        assertThat(read.tensors().get(KERNEL).shape()).containsExactly(256, 256, 3);
        assertThat(read.tensors().get("encoder.conv1.bias").shape()).containsExactly(256);
        assertThat(read.dequantizedFrom().orElse("")).isEqualTo(type.isQuantized() ? type.label() : "");
        TensorShapes.check("The model", read);
    }

    @Test
    void readsTheVocabularyWithoutItsPadding() throws IOException {
        Checkpoint micro = EmbeddedModel.checkpoint();
        Checkpoint read = GgmlCheckpoint.read(write("q4_0"));

        assertThat(read.tokenizer().tokens())
                .containsExactlyElementsOf(micro.tokenizer().tokens());
        String text = " Turn on the lights in the kitchen, please. Grüße!";
        Tokenizer tokenizer = Tokenizer.of(read.tokenizer(), read.dimensions().nVocab());
        Tokenizer original = Tokenizer.of(micro.tokenizer(), micro.dimensions().nVocab());
        assertThat(tokenizer.encode(text)).isEqualTo(original.encode(text));
        assertThat(tokenizer.specials().language("de"))
                .isEqualTo(original.specials().language("de"));
    }

    /** Files of whisper.cpp list the end of the text, and the empty token with which OpenAI's multilingual vocabulary ends. */
    @ParameterizedTest
    @CsvSource({"51864, 50256", "51865, 50257", "51866, 50257"})
    void endsTheVocabularyBeforeSpecialTokens(int nVocab, int textTokens) throws IOException {
        List<byte[]> tokens = GgmlTestFile.tokens();
        while (tokens.size() < textTokens - 1) {
            tokens.add(("t" + tokens.size()).getBytes(StandardCharsets.US_ASCII));
        }
        tokens.add(new byte[0]);
        tokens.add("<|endoftext|>".getBytes(StandardCharsets.US_ASCII));
        ModelDimensions dimensions = new ModelDimensions(80, 1500, 64, 1, 1, nVocab, 448, 64, 1, 1);
        Path file = GgmlTestFile.write(
                directory.resolve("full.bin"), dimensions, GgmlFileType.Q4_0, tokens, (name, type, target) -> {});

        assertThat(GgmlCheckpoint.read(file).tokenizer().tokens())
                .containsExactlyElementsOf(tokens.subList(0, textTokens));
    }

    @ParameterizedTest
    @CsvSource({
        "ggml-tiny.bin, 2:2 3:0 3:2 3:3 3:4 3:5",
        "ggml-tiny-q5_1.bin, 2:2 3:0 3:2 3:3 3:4 3:5",
        "for-tests-ggml-tiny.en-Q4_K.bin, 1:0 2:0 2:5 3:0 3:1 3:2 3:3 3:4",
        "ggml-model-whisper-tiny.en-q5_1.bin, 1:0 2:0 2:5 3:0 3:1 3:2 3:3 3:4",
        "tiny.bin, 2:2 3:0 3:2 3:3 3:4 3:5",
        "ggml-tiny-de.bin, ''",
        "ggml-large-v3.bin, ''",
        "ggml-model.bin, ''"
    })
    void alignmentHeadsAreThoseOfTheNamedModel(String name, String heads) throws IOException {
        ModelDimensions dimensions = new ModelDimensions(80, 1500, 384, 6, 1, 51864, 448, 384, 6, 4);
        Path file = GgmlTestFile.write(
                directory.resolve(name),
                dimensions,
                GgmlFileType.Q4_0,
                GgmlTestFile.tokens(),
                (tensor, type, target) -> {});

        Checkpoint read = GgmlCheckpoint.read(file);

        List<AttentionHead> expected = Arrays.stream(heads.split(" "))
                .filter(head -> !head.isEmpty())
                .map(head -> head.split(":"))
                .map(head -> new AttentionHead(Integer.parseInt(head[0]), Integer.parseInt(head[1])))
                .toList();
        assertThat(read.generation().alignmentHeads()).isEqualTo(expected);
        assertThat(read.generation().suppressTokens()).isEmpty();
    }

    @Test
    void rejectsVocabularyWhoseBytesWereReplaced() throws IOException {
        List<byte[]> tokens = GgmlTestFile.tokens();
        for (int value = 128; value < tokens.size(); value++) {
            tokens.set(value, "\ufffd".getBytes(StandardCharsets.UTF_8));
        }
        Path file = GgmlTestFile.write(
                directory.resolve("early.bin"),
                GgmlTestFile.small(64),
                GgmlFileType.F16,
                tokens,
                (name, type, target) -> {});

        assertThat(GgmlModelFile.inspect(file).vocabularySize()).isEqualTo(256);
        assertThatThrownBy(() -> GgmlCheckpoint.read(file))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        file + " cannot be converted: its vocabulary has no token for the byte 0x80. An early script of"
                                + " whisper.cpp lost such tokens. Download or convert the model again.");
    }

    @ParameterizedTest
    @CsvSource({
        "4, -51865, 'n_vocab in its header should be from 51864 to 51866, but is -51865'",
        "12, -128, n_audio_state in its header should be from 64",
        "44, 2004, ftype in its header is 2004",
        "56, 0x7fc00000, a mel filter has the weight NaN",
        "VOCABULARY, 0, its vocabulary should have 1 to 51865 tokens",
        "VOCABULARY, 51865, token 50259 of its vocabulary",
        "VOCABULARY, 0x7fffffff, its vocabulary should have 1 to 51865 tokens",
        "TOKEN, 0x7fffffff, token 0 of its vocabulary should have 0 to 128 bytes",
        "TOKEN, -1, token 0 of its vocabulary should have 0 to 128 bytes"
    })
    void rejectsHostileFile(String place, String value, String offence) throws IOException {
        long position = switch (place) {
            case "VOCABULARY" -> VOCABULARY;
            case "TOKEN" -> VOCABULARY + Integer.BYTES;
            default -> Long.parseLong(place);
        };
        Path file = write("q4_0");
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.seek(position);
            access.writeInt(Integer.reverseBytes(Integer.decode(value)));
        }

        assertThatThrownBy(() -> GgmlCheckpoint.read(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(offence);
    }

    @Test
    void rejectsVocabularyLongerThanTheFile() throws IOException {
        ByteBuffer start = ByteBuffer.allocate(VOCABULARY + 3 * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        start.putInt(GgmlFormat.MAGIC);
        for (int number : GgmlFormat.header(GgmlTestFile.small(64), GgmlFileType.Q4_0)) {
            start.putInt(number);
        }
        start.putInt(80).putInt(201).putInt(VOCABULARY, 50256).putInt(VOCABULARY + Integer.BYTES, 128);
        Path file = Files.write(directory.resolve("short.bin"), start.array());
        // As long as the tensors of such a model, but with a vocabulary that takes all of it.
        long size = tensorBytes(GgmlTestFile.small(64), GgmlFileType.Q4_0);
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.setLength(VOCABULARY + size);
            for (long at = VOCABULARY + Integer.BYTES; at + 132 <= VOCABULARY + size; at += 132) {
                access.seek(at);
                access.writeInt(Integer.reverseBytes(128));
                access.write(' ');
            }
        }

        assertThatThrownBy(() -> GgmlCheckpoint.read(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(file + " is incomplete: the vocabulary needs");
    }

    @Test
    void rejectsTruncatedFile() throws IOException {
        Path file = write("q8_0");
        List<Long> lengths = new ArrayList<>(List.of(Files.size(file) - 1, Files.size(file) / 2));
        lengths.addAll(List.of(VOCABULARY + 100L, VOCABULARY - 100L, 40L, 4L, 0L));
        for (long length : lengths) {
            resize(file, length);
            assertThatThrownBy(() -> GgmlCheckpoint.read(file))
                    .as("%d bytes", length)
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining(file + " is incomplete");
        }
    }

    @Test
    void reportsFileThatBecameShorterAfterItWasOpened() throws IOException {
        Path file = write("q5_1");
        Checkpoint read = GgmlCheckpoint.read(file);
        resize(file, VOCABULARY);

        assertThatThrownBy(() -> values(read.tensors().get(QUANTIZED)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(file + " is damaged")
                .hasMessageContaining("became shorter");
    }

    private Path write(String quantization) throws IOException {
        new GgmlWriter().write(EmbeddedModel.checkpoint(), quantization, directory, List.of("micro.bin"));
        return directory.resolve("micro.bin");
    }

    private static void resize(Path file, long length) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.setLength(length);
        }
    }

    private static long tensorBytes(ModelDimensions dimensions, GgmlFileType fileType) {
        long bytes = 0;
        for (Map.Entry<String, List<Integer>> tensor :
                TensorShapes.of(dimensions).entrySet()) {
            int elements = tensor.getValue().stream().reduce(1, Math::multiplyExact);
            bytes += fileType.typeOf(tensor.getKey(), tensor.getValue()).byteCount(elements);
        }
        return bytes;
    }

    /** Fills a tensor with one value, or with the given blocks again and again. */
    private static void fill(GgmlType type, byte[] blocks, ByteBuffer target) {
        while (target.hasRemaining()) {
            switch (type) {
                case F32 -> target.putFloat(-0.75f);
                case F16 -> target.putShort(HalfFloats.fromFloat(-0.75f));
                default -> target.put(blocks);
            }
        }
    }

    private static void assertRepeats(Tensor tensor, float[] expected) {
        float[] values = values(tensor);
        assertThat(values.length % expected.length).isZero();
        for (int i = 0; i < values.length; i++) {
            if (values[i] != expected[i % expected.length]) {
                assertThat(values[i]).as("element %d", i).isEqualTo(expected[i % expected.length]);
            }
        }
    }

    private static float[] quantizedAndBack(GgmlType type, float[] values) {
        ByteBuffer blocks =
                ByteBuffer.allocate((int) type.byteCount(values.length)).order(ByteOrder.LITTLE_ENDIAN);
        BlockQuantizer.quantize(type, values, blocks);
        float[] result = new float[values.length];
        float[] block = new float[type.blockSize()];
        for (int i = 0; i < values.length / block.length; i++) {
            BlockDequantizer.dequantize(type, blocks, i * type.blockBytes(), block);
            System.arraycopy(block, 0, result, i * block.length, block.length);
        }
        return result;
    }

    private static double relativeError(float[] expected, float[] values) {
        double error = 0;
        double power = 0;
        for (int i = 0; i < expected.length; i++) {
            error += Math.pow(values[i] - expected[i], 2);
            power += Math.pow(expected[i], 2);
        }
        return Math.sqrt(error / power);
    }

    private static float[] values(Tensor tensor) {
        float[] values = new float[(int) tensor.elementCount()];
        tensor.copyTo(0, values);
        return values;
    }
}
