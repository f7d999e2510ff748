package io.github.whisperspeedtest.faster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.testing.Damage;
import io.github.whisperspeedtest.testing.RandomCheckpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("formats")
class CTranslate2WriterTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"float32, float32", "float16, float16"})
    void floatsRoundTripExactly(String quantization, String weightType) throws IOException {
        DataType type = quantization.equals("float16") ? DataType.F16 : DataType.F32;
        Checkpoint original = RandomCheckpoint.of(RandomCheckpoint.TINY, type, 4);

        CTranslate2Checkpoint read = ModelDirectory.read(ModelDirectory.write(original, quantization, directory));

        ModelDirectory.assertSameValues(read.checkpoint(), original);
        assertThat(read.checkpoint().generation()).isEqualTo(original.generation());
        assertThat(read.weightType()).isEqualTo(weightType);
    }

    @ParameterizedTest
    @CsvSource({"int8, int8_float32, F32", "int8_float16, int8_float16, F16"})
    void bytesRoundTripWithinHalfAStep(String quantization, String weightType, DataType others) throws IOException {
        Checkpoint original = EmbeddedModel.checkpoint();

        CTranslate2Checkpoint read = ModelDirectory.read(ModelDirectory.write(original, quantization, directory));

        assertThat(read.weightType()).isEqualTo(weightType);
        original.tensors().forEach((name, tensor) -> {
            Tensor other = ModelDirectory.tensor(read.checkpoint(), name);
            boolean isWeight = name.endsWith(".weight") && tensor.shape().size() > 1;
            assertThat(other.type()).as(name).isEqualTo(isWeight ? DataType.I8 : others);
            assertWithinHalfAStep(name, ModelDirectory.values(tensor), ModelDirectory.values(other), other.rowScales());
        });
    }

    @Test
    void keepsWeightsThatAreAlreadyBytes() throws IOException {
        Checkpoint original = mixed();

        Checkpoint read = ModelDirectory.read(ModelDirectory.write(original, "int8", directory))
                .checkpoint();

        original.tensors().forEach((name, tensor) -> {
            if (tensor.type() == DataType.I8) {
                Tensor other = ModelDirectory.tensor(read, name);
                assertThat(other.data()).as(name).isEqualTo(tensor.data());
                for (int row = 0; row < tensor.rowScales().length; row++) {
                    // Twice the reciprocal may differ in the last bit.
                    assertThat(other.rowScales()[row] / tensor.rowScales()[row]).isBetween(0.9999998f, 1.0000002f);
                }
            }
        });
    }

    @Test
    void convertsBytesToFloats() throws IOException {
        Checkpoint original = mixed();

        ModelDirectory.assertSameValues(
                ModelDirectory.read(ModelDirectory.write(original, "float32", directory))
                        .checkpoint(),
                original);
    }

    /**
     * The expected files of the embedded model come from CTranslate2 4.8.1: {@code WhisperSpec}, {@code optimize} and {@code save} on its
     * weights as 32-bit floats.
     */
    @ParameterizedTest
    @CsvSource({
        "int8, e254329cb3a151201e01320d6a7bf44bbe7606dae3f630ef875427a651fd3045",
        "int8_float16, d6f0c79c114bc772aa48047d346eff9952347d4b4131f5877e68b58363dcbead",
        "float16, cae9d2763e07a0992f21649a11492327e32b216f8e7cf6e3146a7fc87722fc01",
        "float32, bebd6c58f697f63a97e9437f67fad0fd542bbd0bfe24f1d9c71546c024a9d4d0"
    })
    void writesSameBytesAsCTranslate2(String quantization, String sha256) throws IOException, NoSuchAlgorithmException {
        ModelDirectory.write(EmbeddedModel.checkpoint(), quantization, directory);

        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(directory.resolve("model.bin")));

        assertThat(HexFormat.of().formatHex(digest)).isEqualTo(sha256);
    }

    @Test
    void writesConfigPreprocessorAndVocabulary() throws IOException {
        Checkpoint original = EmbeddedModel.checkpoint();
        List<String> fileNames = new CTranslate2Writer().fileNames("micro");
        new CTranslate2Writer().write(original, "int8", directory, fileNames);

        JsonNode config = JSON.readTree(directory.resolve("config.json").toFile());
        assertThat(config.get("suppress_ids").isNull()).isTrue();
        assertThat(config.get("lang_ids")).hasSize(99);
        assertThat(config.get("lang_ids").get(0).intValue()).isEqualTo(50259);
        assertThat(config.get("alignment_heads")).hasToString("[[0,0],[0,1],[1,1]]");
        JsonNode preprocessor =
                JSON.readTree(directory.resolve("preprocessor_config.json").toFile());
        assertThat(preprocessor.get("feature_size").intValue()).isEqualTo(80);
        JsonNode vocabulary = JSON.readTree(directory.resolve("vocabulary.json").toFile());
        assertThat(vocabulary).hasSize(51865);
        assertThat(vocabulary.get(50257).textValue()).isEqualTo("<|endoftext|>");
        assertThat(vocabulary.get(50363).textValue()).isEqualTo("<|notimestamps|>");
        assertThat(vocabulary.get(51864).textValue()).isEqualTo("<|30.00|>");
        assertThat(ModelDirectory.files(directory).byName().keySet()).containsExactlyInAnyOrderElementsOf(fileNames);
        assertThat(ModelDirectory.read(directory).checkpoint().generation().alignmentHeads())
                .contains(new AttentionHead(1, 1));
    }

    @Test
    void rejectsUnsupportedModels() {
        CTranslate2Writer writer = new CTranslate2Writer();
        Checkpoint tiny = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F32, 4);
        assertThatThrownBy(() -> writer.write(tiny, "int16", directory, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[int8, int8_float16, float16, float32]");
        assertThatThrownBy(() -> writer.write(tiny, "int8", directory, List.of("weights.bin")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[weights.bin]");
    }

    @Test
    void rejectsInvalidWeights() {
        Checkpoint tiny = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F32, 4);
        Map<String, Tensor> tensors = new LinkedHashMap<>(tiny.tensors());
        ByteBuffer data = ByteBuffer.allocate(64 * 64 * Float.BYTES);
        data.putInt(8, 0x0000c07f);
        tensors.put("decoder.blocks.0.attn.out.weight", new Tensor(DataType.F32, List.of(64, 64), data));
        Checkpoint broken = new Checkpoint(tiny.dimensions(), tensors, tiny.tokenizer());

        assertThatThrownBy(() -> ModelDirectory.write(broken, "int8", directory))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(
                        "'decoder.blocks.0.attn.out.weight' should have finite numbers only, but has NaN");
    }

    @Test
    void keepsRowsOfZeros() throws IOException {
        Checkpoint tiny = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F32, 4);
        Map<String, Tensor> tensors = new LinkedHashMap<>(tiny.tensors());
        tensors.put(
                "decoder.blocks.0.attn.out.weight",
                new Tensor(DataType.F32, List.of(64, 64), ByteBuffer.allocate(64 * 64 * Float.BYTES)));
        Checkpoint zeros = new Checkpoint(tiny.dimensions(), tensors, tiny.tokenizer());

        Checkpoint read = ModelDirectory.read(ModelDirectory.write(zeros, "int8", directory))
                .checkpoint();

        assertThat(ModelDirectory.values(ModelDirectory.tensor(read, "decoder.blocks.0.attn.out.weight")))
                .containsOnly(0);
    }

    @Test
    void memoryIsIndependentOfModelSize() throws IOException {
        long small = allocated(RandomCheckpoint.TINY, "small");
        ModelDimensions tiny = RandomCheckpoint.TINY;
        long large = allocated(
                new ModelDimensions(80, 1500, 128, 2, tiny.nAudioLayer(), 51865, 448, 128, 2, tiny.nTextLayer()),
                "large");

        // Doubling the weights adds 14 MB of weights and a few kB of scales.
        assertThat(large - small).isLessThan(4 << 20);
    }

    private long allocated(ModelDimensions dimensions, String name) throws IOException {
        Checkpoint checkpoint = RandomCheckpoint.of(dimensions, DataType.F32, 5);
        Path warm = Files.createDirectory(directory.resolve(name + "-warm"));
        ModelDirectory.write(checkpoint, "int8", warm);
        Path target = Files.createDirectory(directory.resolve(name));
        return Damage.allocatedBytes(() -> {
            try {
                ModelDirectory.write(checkpoint, "int8", target);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Returns a model with byte weights and other tensors as floats. */
    private static Checkpoint mixed() {
        Checkpoint floats = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F32, 6);
        Checkpoint bytes = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.I8, 6);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        floats.tensors().forEach((name, tensor) -> {
            boolean isWeight = name.endsWith(".weight") && tensor.shape().size() > 1;
            tensors.put(name, isWeight ? ModelDirectory.tensor(bytes, name) : tensor);
        });
        return new Checkpoint(floats.dimensions(), tensors, floats.tokenizer(), floats.generation());
    }

    private static void assertWithinHalfAStep(String name, float[] values, float[] read, float[] rowScales) {
        List<String> offences = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            float step = rowScales.length == 0 ? 0 : rowScales[(int) ((long) i * rowScales.length / values.length)];
            if (Math.abs(values[i] - read[i]) > 0.50001f * step) {
                offences.add(name + "[" + i + "] is " + read[i] + ", not " + values[i]);
            }
        }
        assertThat(offences).isEmpty();
        // The largest value of a row is exactly the last step, so the scale is the smallest possible.
        for (int row = 0; row < rowScales.length; row++) {
            float largest = 0;
            int length = values.length / rowScales.length;
            for (int i = row * length; i < (row + 1) * length; i++) {
                largest = Math.max(largest, Math.abs(values[i]));
            }
            if (largest > 0) {
                assertThat(rowScales[row] * 127).as(name).isBetween(largest * 0.99999f, largest * 1.00001f);
            }
        }
    }
}
