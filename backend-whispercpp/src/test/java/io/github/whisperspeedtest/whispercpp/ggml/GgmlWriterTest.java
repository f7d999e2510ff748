package io.github.whisperspeedtest.whispercpp.ggml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.TensorShapes;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.HalfFloats;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.tokenizer.TokenizerData;
import io.github.whisperspeedtest.whispercpp.ggml.GgmlModelFile.StoredTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GgmlWriterTest {
    private final GgmlWriter writer = new GgmlWriter();

    @TempDir
    Path directory;

    /**
     * The hashes of the quantized files are those of the output of {@code quantize} for the f16 file, from whisper.cpp v1.7.1 and v1.9.3,
     * compiled without fused multiply-add.
     */
    @ParameterizedTest
    @CsvSource({
        "f16, F16, c91fa4b8a9985685f44fcd9c4d3427727c1587f4a0e6aa2a66484ebd918cf56c",
        "q8_0, Q8_0, 7a8478b4adf1aa9edd0addf160e63d6384e9bdc13e098ea5cb9fc0e6142988a4",
        "q5_1, Q5_1, 1aa54cd190869c573a5cd13c1b6aec75c0df119a8951076b71755c5e29642adb",
        "q5_0, Q5_0, 97517b7d8c2662f56b86f379d718d6984abce8fade7561b1acc3d10815fbd709",
        "q4_0, Q4_0, f84b27f3678d2e03619814376402ecac02826ddf8a940fd5140dbab9c81dba92"
    })
    void writesSameBytesAsWhisperCppTools(String quantization, GgmlFileType fileType, String sha256)
            throws IOException, NoSuchAlgorithmException {
        Path file = write(EmbeddedModel.checkpoint(), quantization);

        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        assertThat(HexFormat.of().formatHex(digest)).isEqualTo(sha256);
        GgmlModelFile model = GgmlModelFile.inspect(file);
        assertThat(model.fileType()).isEqualTo(fileType);
        assertThat(model.dimensions()).isEqualTo(EmbeddedModel.checkpoint().dimensions());
        assertThat(model.vocabularySize()).isEqualTo(50257);
        assertThat(model.tensors())
                .extracting(StoredTensor::name)
                .containsExactlyElementsOf(EmbeddedModel.checkpoint().tensors().keySet());
    }

    @Test
    void theFirstQuantizationIsTheDefault() {
        assertThat(writer.quantizations()).containsExactly("f16", "q8_0", "q5_1", "q5_0", "q4_0");
    }

    @Test
    void choosesSameTypesAsWhisperCppTools() throws IOException {
        GgmlModelFile model = GgmlModelFile.inspect(write(EmbeddedModel.checkpoint(), "q5_0"));

        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        model.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
        assertThat(tensors.get("decoder.token_embedding.weight").type()).isEqualTo(GgmlType.Q5_0);
        assertThat(tensors.get("encoder.conv1.weight").type()).isEqualTo(GgmlType.F16);
        assertThat(tensors.get("encoder.conv1.weight").sizes()).containsExactly(3, 80, 128);
        assertThat(tensors.get("encoder.conv1.bias").type()).isEqualTo(GgmlType.F32);
        assertThat(tensors.get("encoder.conv1.bias").sizes()).containsExactly(1, 128);
        assertThat(tensors.get("decoder.positional_embedding").type()).isEqualTo(GgmlType.F32);
        assertThat(tensors.get("decoder.ln.weight").type()).isEqualTo(GgmlType.F32);
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void writesWeightsOfEveryTypeWithoutLoss(DataType type) throws IOException {
        // Values that every type holds exactly.
        Checkpoint checkpoint = small(type, 64);
        Path file = write(checkpoint, "f16");

        try (FileChannel channel = FileChannel.open(file)) {
            for (StoredTensor stored : GgmlModelFile.inspect(file).tensors()) {
                ByteBuffer bytes = ByteBuffer.allocate((int) stored.bytes()).order(ByteOrder.LITTLE_ENDIAN);
                channel.read(bytes, stored.offset());
                DataType storedType = stored.type() == GgmlType.F32 ? DataType.F32 : DataType.F16;
                Tensor source = checkpoint.tensors().get(stored.name());
                assertThat(values(new Tensor(storedType, source.shape(), bytes.flip())))
                        .as(stored.name())
                        .isEqualTo(values(source));
            }
        }
    }

    @Test
    void rejectsRowsThatDoNotFillBlocks() {
        assertThatThrownBy(() -> write(small(DataType.F16, 48), "q8_0"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("rows of a multiple of 32")
                .hasMessageContaining("'encoder.blocks.0.attn.query.weight' has rows of 48");
    }

    @Test
    void rejectsIncompleteTensors() {
        Checkpoint whole = small(DataType.F16, 64);
        Map<String, Tensor> tensors = new LinkedHashMap<>(whole.tensors());
        tensors.remove("decoder.ln.bias");

        assertThatThrownBy(() -> write(new Checkpoint(whole.dimensions(), tensors, whole.tokenizer()), "f16"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("'decoder.ln.bias' is missing");
    }

    @Test
    void rejectsVocabularyThatWhisperCppCannotUse() {
        assertVocabularyRefused(List.of(new byte[] {'a'}), "no token \" \"");
        assertVocabularyRefused(List.of(new byte[] {' '}, new byte[129]), "token 1 of its vocabulary has 129 bytes");
        List<byte[]> tooMany = new ArrayList<>();
        for (int i = 0; i < 50258; i++) {
            tooMany.add(new byte[] {' '});
        }
        assertVocabularyRefused(tooMany, "special tokens begin at 50257");
    }

    @Test
    void rejectsUnknownQuantization() {
        assertThatThrownBy(() -> write(EmbeddedModel.checkpoint(), "q3_k")).hasMessageContaining("q3_k");
    }

    private void assertVocabularyRefused(List<byte[]> tokens, String offence) {
        Checkpoint model = EmbeddedModel.checkpoint();
        TokenizerData tokenizer = new TokenizerData(tokens, List.of());
        assertThatThrownBy(() -> write(new Checkpoint(model.dimensions(), model.tensors(), tokenizer), "f16"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(offence);
        assertThat(directory).isEmptyDirectory();
    }

    private Path write(Checkpoint checkpoint, String quantization) throws IOException {
        writer.write(checkpoint, quantization, directory, List.of("model.bin"));
        return directory.resolve("model.bin");
    }

    /** A model of one layer and one head with 51864 tokens; its weights are small multiples of 1/8. */
    private static Checkpoint small(DataType type, int width) {
        ModelDimensions dimensions = new ModelDimensions(80, 1500, width, 1, 1, 51864, 448, width, 1, 1);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        TensorShapes.of(dimensions).forEach((name, shape) -> {
            int count = shape.stream().reduce(1, Math::multiplyExact);
            ByteBuffer data = ByteBuffer.allocate(count * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < count; i++) {
                float value = (i % 31 - 15) / 8f;
                switch (type) {
                    case F32 -> data.putFloat(value);
                    case F16 -> data.putShort(HalfFloats.fromFloat(value));
                    case BF16 -> data.putShort((short) (Float.floatToIntBits(value) >> 16));
                    case I8 -> data.put((byte) (i % 31 - 15));
                }
            }
            data.flip();
            tensors.put(name, type == DataType.I8 ? eighths(shape, data) : new Tensor(type, shape, data));
        });
        return new Checkpoint(dimensions, tensors, EmbeddedModel.checkpoint().tokenizer());
    }

    private static Tensor eighths(List<Integer> shape, ByteBuffer data) {
        float[] scales = new float[shape.get(0)];
        Arrays.fill(scales, 1 / 8f);
        return Tensor.quantized(shape, data, scales);
    }

    private static float[] values(Tensor tensor) {
        float[] values = new float[(int) tensor.elementCount()];
        tensor.copyTo(0, values);
        return values;
    }
}
