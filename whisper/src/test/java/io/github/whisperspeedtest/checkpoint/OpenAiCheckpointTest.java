package io.github.whisperspeedtest.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.testing.PickleBuilder;
import io.github.whisperspeedtest.testing.RandomCheckpoint;
import io.github.whisperspeedtest.testing.ZipBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiCheckpointTest {
    private static final Checkpoint TINY = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F16, 5);

    @TempDir
    Path directory;

    private final Map<String, Path> files = new LinkedHashMap<>();
    private final Map<String, Integer> dims = new LinkedHashMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>(TINY.tensors());

    @BeforeEach
    void putTogether() throws IOException {
        for (String name : List.of("vocab.json", "merges.txt")) {
            try (InputStream resource = EmbeddedModel.class.getResourceAsStream("micro/" + name)) {
                Path file = directory.resolve(name);
                Files.copy(Objects.requireNonNull(resource, name), file);
                files.put(name, file);
            }
        }
        ModelDimensions dimensions = TINY.dimensions();
        dims.put("n_mels", dimensions.nMels());
        dims.put("n_audio_ctx", dimensions.nAudioCtx());
        dims.put("n_audio_state", dimensions.nAudioState());
        dims.put("n_audio_head", dimensions.nAudioHead());
        dims.put("n_audio_layer", dimensions.nAudioLayer());
        dims.put("n_vocab", dimensions.nVocab());
        dims.put("n_text_ctx", dimensions.nTextCtx());
        dims.put("n_text_state", dimensions.nTextState());
        dims.put("n_text_head", dimensions.nTextHead());
        dims.put("n_text_layer", dimensions.nTextLayer());
    }

    @Test
    void readsDimensionsWeightsAndVocabulary() throws IOException {
        Checkpoint read = read("tiny.pt");

        assertThat(read.dimensions()).isEqualTo(TINY.dimensions());
        assertThat(read.tensors().keySet())
                .containsExactlyElementsOf(TINY.tensors().keySet());
        read.tensors().forEach((name, tensor) -> {
            assertThat(tensor.data()).as(name).isEqualTo(tensors.get(name).data());
            assertThat(tensor.region()).as(name).isPresent();
        });
        assertThat(read.tokenizer().tokens()).hasSameSizeAs(TINY.tokenizer().tokens());
    }

    /** The second one has the name of an OpenAI model, but fewer layers. */
    @ParameterizedTest
    @ValueSource(strings = {"mine.pt", "tiny.pt"})
    void hasNoDecodingSettingsForUnknownModels(String name) throws IOException {
        assertThat(read(name).generation()).isEqualTo(GenerationConfig.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "tiny, 80, 4, 6, 6, 2, 2",
        "tiny.en, 80, 4, 6, 8, 1, 0",
        "medium, 80, 24, 16, 6, 13, 15",
        "large-v1, 80, 32, 20, 9, 9, 19",
        "large, 80, 32, 20, 9, 9, 19",
        "large, 128, 32, 20, 10, 7, 0",
        "large, 128, 4, 20, 6, 2, 4",
        "large-v3, 128, 32, 20, 10, 7, 0",
        "large-v3-turbo, 128, 4, 20, 6, 2, 4",
        "turbo, 128, 4, 20, 6, 2, 4"
    })
    void knowsAlignmentHeadsOfOpenAiModels(
            String name, int mels, int layers, int heads, int count, int layer, int head) {
        List<AttentionHead> known = OpenAiAlignmentHeads.of(
                name, new ModelDimensions(mels, 1500, 64 * heads, heads, 4, 51865, 448, 64 * heads, heads, layers));

        assertThat(known).hasSize(count).startsWith(new AttentionHead(layer, head));
    }

    @Test
    void hasNoAlignmentHeadsForOtherModelWithSameName() {
        ModelDimensions twoLayers = new ModelDimensions(80, 1500, 384, 6, 4, 51865, 448, 384, 6, 2);

        assertThat(OpenAiAlignmentHeads.of("tiny", twoLayers)).isEmpty();
        assertThat(OpenAiAlignmentHeads.of("enormous", twoLayers)).isEmpty();
    }

    @Test
    void generationConfigOverridesDefaults() throws IOException {
        files.put("generation_config.json", Files.writeString(directory.resolve("generation_config.json"), """
                        {"suppress_tokens": [1, 2], "begin_suppress_tokens": [220], "alignment_heads": [[1, 0]]}"""));

        assertThat(read("tiny.pt").generation())
                .isEqualTo(new GenerationConfig(
                        Optional.of(List.of(1, 2)), Optional.of(List.of(220)), List.of(new AttentionHead(1, 0))));
    }

    @Test
    void ignoresMask() throws IOException {
        tensors.put("decoder.mask", Objects.requireNonNull(tensors.get("decoder.positional_embedding")));

        assertThat(read("tiny.pt").tensors()).doesNotContainKey("decoder.mask").hasSameSizeAs(TINY.tensors());
    }

    @ParameterizedTest
    @CsvSource({
        "n_mels, 0, 'an integer ''n_mels'' from 1 to'",
        "n_audio_ctx, 1501, 1500 encoder positions",
        "n_audio_head, 2, '64 for each of its attention heads, but those are 2'",
        "n_audio_layer, 2000000000, from 1 to 256 encoder layers",
        "n_audio_layer, 4, 'tensor ''encoder.blocks.3.attn.query.weight'' is missing'",
        "n_text_layer, 1, 'tensor ''decoder.blocks.1.attn.query.weight'', which no such model has'",
        "n_vocab, 50000, from 51864 to 51866 tokens",
        "n_vocab, 51866, 'tensor ''decoder.token_embedding.weight'' should have the shape [51866, 64]'",
        "n_text_ctx, 449, 'tensor ''decoder.positional_embedding'' should have the shape [449, 64]'",
        "n_text_state, 128, 64 for each of its attention heads"
    })
    void rejectsInvalidDimensions(String name, int value, String offence) {
        dims.put(name, value);

        assertThatThrownBy(() -> read("tiny.pt"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(directory.resolve("tiny.pt").toString())
                .hasMessageContaining(offence);
    }

    @ParameterizedTest
    @ValueSource(strings = {"n_mels", "n_text_layer"})
    void rejectsModelWithoutDimension(String name) {
        dims.remove(name);

        assertThatThrownBy(() -> read("tiny.pt"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("an integer '" + name + "' from 1 to 2147483647, but has none");
    }

    @Test
    void rejectsMissingOrUnknownTensor() {
        Tensor norm = Objects.requireNonNull(tensors.remove("decoder.ln.bias"));
        assertThatThrownBy(() -> read("a.pt"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("tensor 'decoder.ln.bias' is missing");

        tensors.put("decoder.ln.bias", norm);
        tensors.put("decoder.ln.extra", norm);
        assertThatThrownBy(() -> read("b.pt"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("tensor 'decoder.ln.extra', which no such model has");
    }

    @Test
    void rejectsAmbiguousFiles() throws IOException {
        write("tiny.pt");
        Path other = Files.createFile(directory.resolve("base.pt"));
        files.put("base.pt", other);
        assertThatThrownBy(() -> OpenAiCheckpoint.read("tiny", files))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("should have one file *.pt, but has [vocab.json, merges.txt, tiny.pt, base.pt]");

        files.remove("tiny.pt");
        files.remove("base.pt");
        assertThatThrownBy(() -> OpenAiCheckpoint.read("tiny", files))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("should have one file *.pt");
    }

    @Test
    void rejectsModelWithoutVocabulary() {
        files.remove("merges.txt");

        assertThatThrownBy(() -> read("tiny.pt"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("should have tokenizer.json, or vocab.json and merges.txt");
    }

    @Test
    void rejectsMissingFile() {
        files.put("tiny.pt", directory.resolve("tiny.pt"));

        assertThatThrownBy(() -> OpenAiCheckpoint.read("tiny", files))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("there is no file " + directory.resolve("tiny.pt"));
    }

    private Checkpoint read(String name) throws IOException {
        write(name);
        return OpenAiCheckpoint.read("tiny", files);
    }

    private void write(String name) throws IOException {
        PickleBuilder pickle = PickleBuilder.start().op("}(").text("dims").op("}(");
        dims.forEach((dimension, value) -> pickle.text(dimension).number(value));
        pickle.op("u").text("model_state_dict").op("}(");
        List<byte[]> storages = new ArrayList<>();
        tensors.forEach((tensor, content) -> {
            pickle.text(tensor).tensor(Integer.toString(storages.size()), content.shape());
            byte[] bytes = new byte[content.data().remaining()];
            content.data().get(bytes);
            storages.add(bytes);
        });
        Path file = ZipBuilder.write(directory.resolve(name), pickle.endCheckpoint(), storages.toArray(new byte[0][]));
        files.keySet().removeIf(other -> other.endsWith(".pt"));
        files.put(name, file);
    }
}
