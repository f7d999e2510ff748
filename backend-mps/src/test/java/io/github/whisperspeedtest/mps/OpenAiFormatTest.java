package io.github.whisperspeedtest.mps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.HalfFloats;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.testing.RandomCheckpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiFormatTest {
    private static final OpenAiFormat FORMAT = new OpenAiFormat();

    @TempDir
    Path directory;

    @Test
    void embeddedModelRoundTripsBitForBit() throws IOException {
        Checkpoint written = EmbeddedModel.checkpoint();

        Checkpoint read = read(write(written, "f16"));

        assertThat(read.dimensions()).isEqualTo(written.dimensions());
        assertThat(read.generation()).isEqualTo(written.generation());
        assertThat(read.tensors().keySet())
                .containsExactlyElementsOf(written.tensors().keySet());
        assertThat(read.tokenizer()
                        .tokens()
                        .subList(0, written.tokenizer().tokens().size()))
                .usingElementComparator(Arrays::compare)
                .isEqualTo(written.tokenizer().tokens());
        written.tensors().forEach((name, tensor) -> {
            Tensor stored = Objects.requireNonNull(read.tensors().get(name), name);
            assertThat(stored.type()).as(name).isEqualTo(DataType.F16);
            assertThat(stored.data()).as(name).isEqualTo(tensor.data());
        });
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void writesEveryTypeAsFloats(DataType type) throws IOException {
        Checkpoint written = RandomCheckpoint.of(RandomCheckpoint.TINY, type, 3);

        Checkpoint read = read(write(written, "f32"));

        assertThat(read.generation()).isEqualTo(written.generation());
        written.tensors().forEach((name, tensor) -> {
            Tensor stored = Objects.requireNonNull(read.tensors().get(name), name);
            assertThat(stored.type()).as(name).isEqualTo(DataType.F32);
            assertThat(Arrays.equals(values(stored), values(tensor))).as(name).isTrue();
        });
    }

    @Test
    void roundsFloatsToFloat16() throws IOException {
        Checkpoint written = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F32, 4);

        Checkpoint read = read(write(written, "f16"));

        String name = "encoder.blocks.2.mlp.0.weight";
        float[] rounded = values(Objects.requireNonNull(written.tensors().get(name)));
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = HalfFloats.toFloat(HalfFloats.fromFloat(rounded[i]));
        }
        assertThat(values(Objects.requireNonNull(read.tensors().get(name)))).isEqualTo(rounded);
    }

    @ParameterizedTest
    @CsvSource({"f16, 2, HalfStorage", "f32, 4, FloatStorage"})
    void writesSameArchiveLayoutAsPyTorch(String quantization, int bytes, String storage) throws IOException {
        Checkpoint written = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F16, 6);
        Path model = write(written, quantization).resolve("tiny.pt");

        try (ZipFile zip = new ZipFile(model.toFile())) {
            assertThat(Collections.list(zip.entries()).stream().map(ZipEntry::getMethod))
                    .containsOnly(ZipEntry.STORED);
            assertThat(text(zip, "archive/version")).isEqualTo("3\n");
            assertThat(text(zip, "archive/byteorder")).isEqualTo("little");
            assertThat(text(zip, "archive/data.pkl")).startsWith("\u0080\u0002").contains("ctorch\n" + storage + "\n");
            int key = 0;
            for (Tensor tensor : written.tensors().values()) {
                byte[] content = bytes(zip, "archive/data/" + key++);
                assertThat(content).hasSize(Math.toIntExact(tensor.elementCount()) * bytes);
            }
            assertThat(zip.size()).isEqualTo(key + 3);
        }
        Map<Long, Integer> offsets = new HashMap<>();
        for (Tensor tensor : read(model.getParent()).tensors().values()) {
            offsets.merge(tensor.region().orElseThrow().offset() % 64, 1, Integer::sum);
        }
        assertThat(offsets).containsOnlyKeys(0L);
    }

    @Test
    void writesSameModelToIdenticalFiles() throws IOException {
        Checkpoint written = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F16, 7);

        Path first = write(written, "f16").resolve("tiny.pt");
        Path second = write(written, "f16").resolve("tiny.pt");

        assertThat(first).hasSameBinaryContentAs(second);
    }

    @Test
    void usesRequestedNameForWeightsOnly() throws IOException {
        Checkpoint written = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F16, 8);
        assertThat(FORMAT.fileNames("mine")).containsExactly("mine.pt", "generation_config.json", "tokenizer.json");

        FORMAT.write(written, "f16", directory, List.of("other.pt"));

        assertThat(directory.toFile().list())
                .containsExactlyInAnyOrder("other.pt", "generation_config.json", "tokenizer.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.pt,b.pt", "", "model.bin", "a.pt,model.bin"})
    void rejectsOtherNames(String names) {
        Checkpoint checkpoint = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F16, 8);

        assertThatThrownBy(() -> FORMAT.write(checkpoint, "f16", directory, List.of(names.split(","))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one file *.pt");
        assertThatThrownBy(() -> FORMAT.write(checkpoint, "q8_0", directory, List.of("a.pt")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[f16, f32]");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void rejectsIncompleteCheckpoint() {
        Checkpoint whole = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F16, 9);
        Map<String, Tensor> tensors = new HashMap<>(whole.tensors());
        tensors.remove("decoder.ln.weight");
        Checkpoint partial = new Checkpoint(whole.dimensions(), tensors, whole.tokenizer());

        assertThatThrownBy(() -> FORMAT.write(partial, "f16", directory, List.of("a.pt")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(directory.resolve("a.pt").toString())
                .hasMessageContaining("'decoder.ln.weight' is missing");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void recognisesModelsByFileName() {
        assertThat(FORMAT.recognises(new ModelFiles("m", Map.of("tiny.en.pt", directory))))
                .isTrue();
        assertThat(FORMAT.recognises(new ModelFiles("m", Map.of("model.safetensors", directory))))
                .isFalse();
    }

    private Path write(Checkpoint checkpoint, String quantization) throws IOException {
        Path model = Files.createTempDirectory(directory, "model");
        FORMAT.write(checkpoint, quantization, model, FORMAT.fileNames("tiny"));
        return model;
    }

    private static Checkpoint read(Path model) {
        return FORMAT.read(ModelFiles.ofDirectory("tiny", model));
    }

    private static float[] values(Tensor tensor) {
        float[] values = new float[Math.toIntExact(tensor.elementCount())];
        tensor.copyTo(0, values);
        return values;
    }

    private static String text(ZipFile zip, String name) throws IOException {
        return new String(bytes(zip, name), StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(ZipFile zip, String name) throws IOException {
        return zip.getInputStream(Objects.requireNonNull(zip.getEntry(name), name))
                .readAllBytes();
    }
}
