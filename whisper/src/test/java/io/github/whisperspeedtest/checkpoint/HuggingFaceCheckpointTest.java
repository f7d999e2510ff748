package io.github.whisperspeedtest.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.checkpoint.safetensors.SafetensorsReader;
import io.github.whisperspeedtest.checkpoint.safetensors.SafetensorsWriter;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.testing.Damage;
import io.github.whisperspeedtest.testing.RandomCheckpoint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HuggingFaceCheckpointTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Checkpoint TINY = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F16, 1);

    @TempDir
    Path directory;

    @Test
    void embeddedModelRoundTripsBitForBit() throws IOException {
        Checkpoint micro = EmbeddedModel.checkpoint();
        HuggingFaceWriter.write(micro, "f16", directory);

        Checkpoint read = read();

        assertSame(read, micro);
        assertThat(read.generation()).isEqualTo(EmbeddedModel.checkpoint().generation());
    }

    @ParameterizedTest
    @ValueSource(strings = {"F32", "F16", "BF16", "I8"})
    void writesEveryTypeAsFloat32(DataType type) throws IOException {
        Checkpoint original = RandomCheckpoint.of(RandomCheckpoint.TINY, type, 2);
        HuggingFaceWriter.write(original, "f32", directory);

        Checkpoint read = read();

        assertThat(read.dimensions()).isEqualTo(original.dimensions());
        assertThat(read.generation()).isEqualTo(original.generation());
        original.tensors().forEach((name, tensor) -> {
            Tensor other = Objects.requireNonNull(read.tensors().get(name), name);
            assertThat(other.type()).isEqualTo(DataType.F32);
            // One by one, AssertJ takes a minute.
            assertThat(Arrays.mismatch(values(other), values(tensor))).as(name).isEqualTo(-1);
        });
    }

    @Test
    void readsShardsThroughIndex() throws IOException {
        writeSharded();

        assertSame(read(), TINY);
    }

    @Test
    void readsNamesWithoutPrefixAndOpenAiNames() throws IOException {
        writeTiny();
        rewriteWeights(name -> name.substring("model.".length()));
        assertSame(read(), TINY);

        Files.delete(directory.resolve("model.safetensors"));
        SafetensorsWriter.write(directory.resolve("model.safetensors"), TINY.tensors(), DataType.F16);
        assertSame(read(), TINY);
    }

    @Test
    void rejectsUntiedOutputProjection() throws IOException {
        writeTiny();
        Map<String, Tensor> tensors = weights();
        Tensor embedding = Objects.requireNonNull(tensors.get("model.decoder.embed_tokens.weight"));
        tensors.put("proj_out.weight", embedding);
        writeWeights(tensors);
        assertSame(read(), TINY);
        editConfig("config.json", "tie_word_embeddings", "false");
        assertSame(read(), TINY);

        tensors.put(
                "proj_out.weight",
                new Tensor(
                        DataType.F16,
                        embedding.shape(),
                        ByteBuffer.allocate(embedding.data().remaining())));
        writeWeights(tensors);
        assertThatThrownBy(this::read)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("output projection should be its token embedding");
        editConfig("config.json", "tie_word_embeddings", "true");
        assertSame(read(), TINY);
    }

    @Test
    void readsVocabularyFromTwoFiles() throws IOException {
        writeTiny();
        replaceTokenizerByTwoFiles();

        assertSame(read(), TINY);
    }

    @Test
    void readsTiktokenVocabulary() throws IOException {
        writeTiny();
        Files.delete(directory.resolve("tokenizer.json"));
        List<String> lines = new ArrayList<>();
        for (byte[] token : TINY.tokenizer().tokens()) {
            lines.add(Base64.getEncoder().encodeToString(token) + " " + lines.size());
        }
        Files.write(directory.resolve("multilingual.tiktoken"), lines);

        assertThat(read().tokenizer().tokens())
                .usingElementComparator(Arrays::compare)
                .isEqualTo(TINY.tokenizer().tokens());

        Files.write(directory.resolve("gpt2.tiktoken"), lines);
        assertThatThrownBy(this::read)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("or one file *.tiktoken, but has [config.json, ")
                .hasMessageContaining("gpt2.tiktoken, model.safetensors, multilingual.tiktoken");
    }

    @Test
    void distinguishesInterruptFromDamage() throws IOException {
        writeTiny();
        Tensor tensor = Objects.requireNonNull(read().tensors().get("encoder.conv1.weight"));

        Thread.currentThread().interrupt();
        assertThatThrownBy(this::read)
                .isInstanceOf(OperationCancelledException.class)
                .hasMessageContaining("'tiny' was interrupted");
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThatThrownBy(tensor::data)
                .isInstanceOf(OperationCancelledException.class)
                .hasMessageContaining("model.safetensors was interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void readsDecodingSettingsOfOldModelsFromConfig() throws IOException {
        writeTiny();
        Files.delete(directory.resolve("generation_config.json"));
        editConfig("config.json", "suppress_tokens", "[1, 2, 7]");

        GenerationConfig generation = read().generation();

        assertThat(generation.suppressTokens()).contains(List.of(1, 2, 7));
        assertThat(generation.beginSuppressTokens()).isEmpty();
    }

    @Test
    void ignoresInapplicableDecodingSettings() throws IOException {
        writeTiny();
        editConfig("generation_config.json", "alignment_heads", "[[0, 1], [31, 2]]");
        editConfig("generation_config.json", "suppress_tokens", "[-1]");
        editConfig("generation_config.json", "begin_suppress_tokens", "null");

        assertThat(read().generation()).isEqualTo(new GenerationConfig(Optional.empty(), Optional.empty(), List.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "config.json, should have a file config.json",
        "model.safetensors, should have a file model.safetensors",
        "tokenizer.json, 'has no tokenizer: it should have tokenizer.json, or vocab.json and merges.txt'"
    })
    void namesMissingFile(String file, String offence) throws IOException {
        writeTiny();
        Files.delete(directory.resolve(file));

        assertThatThrownBy(this::read)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("tiny")
                .hasMessageContaining(offence)
                .message()
                .endsWithIgnoringCase("download the model again.");
    }

    @Test
    void namesDeletedFile() throws IOException {
        writeTiny();
        Map<String, Path> files = files();
        Files.delete(directory.resolve("model.safetensors"));

        assertThatThrownBy(() -> HuggingFaceCheckpoint.read("tiny", files))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("there is no file " + directory.resolve("model.safetensors"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        d_model                 | 2147483647  | from 1 to 32768 channels of the encoder, but has 2147483647
        d_model                 | 128         | the 128 channels of its encoder should be 64 for each of its attention heads, but those are 1
        max_source_positions    | 750         | it should have 1500 encoder positions, but has 750
        max_target_positions    | 224         | tensor 'decoder.positional_embedding' should have the shape [224, 64]
        d_model                 | 0           | 'd_model' should be an integer from 1
        d_model                 | 64.0        | 'd_model' should be an integer from 1
        d_model                 | null        | 'd_model' should be an integer from 1
        d_model                 | 99999999999 | 'd_model' should be an integer from 1
        encoder_layers          | 2000000000  | from 1 to 256 encoder layers, but has 2000000000
        decoder_layers          | 3           | tensor 'decoder.blocks.2.attn.query.weight' is missing
        decoder_layers          | 1           | 'decoder.layers.1.
        decoder_attention_heads | 3           | the 64 channels of its decoder should be 64 for each of its attention heads, but those are 3
        vocab_size              | 50257       | from 51864 to 51866 tokens, but has 50257
        num_mel_bins            | 128         | tensor 'encoder.conv1.weight' should have the shape [64, 128, 3]
        model_type              | "wav2vec2"  | has 'wav2vec2', 'gelu' and false
        model_type              | 7           | 'model_type' should be a text
        activation_function     | "gelu_new"  | has 'whisper', 'gelu_new' and false
        scale_embedding         | true        | has 'whisper', 'gelu' and true
        scale_embedding         | "yes"       | 'scale_embedding' should be true or false
        """)
    void rejectsConfigOfOtherModel(String name, String value, String offence) throws IOException {
        writeTiny();
        editConfig("config.json", name, value);

        assertRefused(offence);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        suppress_tokens | [51865]       | 'suppress_tokens' should have token ids from 0 to 51864, but has 51865
        suppress_tokens | [-2]          | 'suppress_tokens' should have token ids from 0 to 51864, but has -2
        suppress_tokens | 5             | 'suppress_tokens' should be a list of token ids
        alignment_heads | [[1, 2, 3]]   | 'alignment_heads' should have pairs of a layer and a head
        alignment_heads | [[-1, 2]]     | 'alignment_heads' should have pairs of a layer and a head
        alignment_heads | {}            | 'alignment_heads' should be a list of pairs
        """)
    void rejectsInvalidDecodingSettings(String name, String value, String offence) throws IOException {
        writeTiny();
        editConfig("generation_config.json", name, value);

        assertRefused(offence);
    }

    @Test
    void rejectsInvalidOrOversizedConfig() throws IOException {
        writeTiny();
        Path config = directory.resolve("config.json");
        Files.writeString(config, "[]");
        assertRefused(config + " is damaged: it should be a JSON object, but is []");
        Files.writeString(config, "{\"d_model\": 8, \"d_model\": 8}");
        assertRefused(config + " is damaged: it is not a JSON object");
        Files.write(config, new byte[(8 << 20) + 1]);
        assertRefused("at most 8388608 bytes, but has 8388609");
    }

    @ParameterizedTest
    @CsvSource({
        "../outside.safetensors, should be in files beside it",
        "/etc/passwd, should be in files beside it",
        "a\\b.safetensors, should be in files beside it",
        "'', should be in files beside it",
        "., should be in files beside it",
        "model-00009-of-00003.safetensors, names a file 'model-00009-of-00003.safetensors'",
        "model-00003-of-00003.safetensors, says is in model-00003-of-00003.safetensors",
        "config.json, its header"
    })
    void rejectsIndexWithInvalidFileNames(String shard, String offence) throws IOException {
        writeSharded();
        Path index = directory.resolve("model.safetensors.index.json");
        ObjectNode root = (ObjectNode) JSON.readTree(Files.readAllBytes(index));
        ((ObjectNode) root.get("weight_map")).put("model.encoder.conv1.weight", shard);
        Files.write(index, JSON.writeValueAsBytes(root));

        assertRefused(offence);
    }

    @Test
    void rejectsShardsThatContradictTheIndex() throws IOException {
        writeSharded();
        Path index = directory.resolve("model.safetensors.index.json");
        ObjectNode root = (ObjectNode) JSON.readTree(Files.readAllBytes(index));
        ObjectNode map = (ObjectNode) root.get("weight_map");
        map.put("model.encoder.extra", "model-00003-of-00003.safetensors");
        Files.write(index, JSON.writeValueAsBytes(root));
        assertRefused("that file should have a tensor 'model.encoder.extra', but has none");

        map.remove("model.encoder.extra");
        map.remove("model.encoder.conv1.weight");
        Files.write(index, JSON.writeValueAsBytes(root));
        assertRefused("'model.encoder.conv1.weight', which the index says is in no file");

        Files.writeString(index, "{\"weight_map\": {\"a\": 7}}");
        assertRefused("'a' in 'weight_map' should be a text");
        Files.writeString(index, "{\"metadata\": {}}");
        assertRefused("'weight_map' should be an object");
    }

    @Tag("hostile-files")
    @ParameterizedTest
    @CsvSource({
        "model.safetensors, 12000",
        "model.safetensors.index.json, 0",
        "config.json, 0",
        "generation_config.json, 0",
        "tokenizer.json, 0"
    })
    void damagedFilesAreReadOrRejected(String name, int damagedBytes) throws IOException {
        if (name.endsWith("index.json")) {
            writeSharded();
        } else {
            writeTiny();
        }
        if (!name.equals("tokenizer.json")) {
            // They are much smaller.
            replaceTokenizerByTwoFiles();
        }
        Path file = directory.resolve(name);
        byte[] valid = Files.readAllBytes(file);
        long allocatedForValid = allocated(files(), new ArrayList<>());
        Random random = new Random(name.hashCode());
        int refused = 0;
        for (int i = 0; i < 100; i++) {
            // Each under a different name, because an earlier one may still be mapped.
            Path damaged = directory.resolve("damaged-" + i);
            Files.write(damaged, Damage.of(valid, 0, damagedBytes == 0 ? valid.length : damagedBytes, random));
            Map<String, Path> files = files();
            files.put(name, damaged);
            List<ModelException> failures = new ArrayList<>();
            assertThat(allocated(files, failures)).isLessThan(2 * allocatedForValid);
            for (ModelException failure : failures) {
                // An inconsistency between two files may be attributed to either.
                assertThat(failure.getMessage())
                        .containsAnyOf(directory.toString(), "'tiny'")
                        .endsWith(".");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(40);
    }

    private static long allocated(Map<String, Path> files, List<ModelException> failures) {
        return Damage.allocatedBytes(() -> {
            try {
                HuggingFaceCheckpoint.read("tiny", files);
            } catch (ModelException e) {
                failures.add(e);
            }
        });
    }

    private void writeTiny() throws IOException {
        HuggingFaceWriter.write(TINY, "f16", directory);
    }

    private void replaceTokenizerByTwoFiles() throws IOException {
        Files.delete(directory.resolve("tokenizer.json"));
        for (String file : List.of("vocab.json", "merges.txt")) {
            try (InputStream stream =
                    Objects.requireNonNull(EmbeddedModel.class.getResourceAsStream("micro/" + file), file)) {
                Files.copy(stream, directory.resolve(file));
            }
        }
    }

    private void writeSharded() throws IOException {
        writeTiny();
        ObjectNode map = JSON.createObjectNode();
        List<Map<String, Tensor>> shards = List.of(new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
        int number = 0;
        for (Map.Entry<String, Tensor> entry : weights().entrySet()) {
            int shard = number++ % shards.size();
            shards.get(shard).put(entry.getKey(), entry.getValue());
            map.put(entry.getKey(), "model-0000" + (shard + 1) + "-of-00003.safetensors");
        }
        for (int i = 0; i < shards.size(); i++) {
            Path file = directory.resolve("model-0000" + (i + 1) + "-of-00003.safetensors");
            SafetensorsWriter.write(file, shards.get(i), DataType.F16);
        }
        ObjectNode index = JSON.createObjectNode();
        index.putObject("metadata").put("total_size", 1);
        index.set("weight_map", map);
        Files.write(directory.resolve("model.safetensors.index.json"), JSON.writeValueAsBytes(index));
        Files.delete(directory.resolve("model.safetensors"));
    }

    private Map<String, Tensor> weights() throws IOException {
        return new LinkedHashMap<>(SafetensorsReader.read(
                "tiny", ByteBuffer.wrap(Files.readAllBytes(directory.resolve("model.safetensors")))));
    }

    private void writeWeights(Map<String, Tensor> tensors) throws IOException {
        Files.delete(directory.resolve("model.safetensors"));
        SafetensorsWriter.write(directory.resolve("model.safetensors"), tensors, DataType.F16);
    }

    private void rewriteWeights(UnaryOperator<String> rename) throws IOException {
        Map<String, Tensor> renamed = new LinkedHashMap<>();
        weights().forEach((name, tensor) -> renamed.put(rename.apply(name), tensor));
        writeWeights(renamed);
    }

    private void editConfig(String file, String name, String value) throws IOException {
        Path path = directory.resolve(file);
        ObjectNode root = (ObjectNode) JSON.readTree(Files.readAllBytes(path));
        JsonNode node = JSON.readTree(value);
        root.set(name, node);
        Files.write(path, JSON.writeValueAsBytes(root));
    }

    private Map<String, Path> files() throws IOException {
        Map<String, Path> files = new TreeMap<>();
        try (Stream<Path> paths = Files.list(directory)) {
            paths.forEach(path -> files.put(path.getFileName().toString(), path));
        }
        return files;
    }

    private Checkpoint read() throws IOException {
        return HuggingFaceCheckpoint.read("tiny", files());
    }

    private void assertRefused(String offence) {
        assertThatThrownBy(this::read)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(offence)
                .hasMessageContaining(directory.toString());
    }

    private static void assertSame(Checkpoint read, Checkpoint expected) {
        assertThat(read.dimensions()).isEqualTo(expected.dimensions());
        assertThat(read.tensors().keySet())
                .containsExactlyInAnyOrderElementsOf(expected.tensors().keySet());
        expected.tensors().forEach((name, tensor) -> {
            Tensor other = Objects.requireNonNull(read.tensors().get(name), name);
            assertThat(other.type()).as(name).isEqualTo(tensor.type());
            assertThat(other.shape()).as(name).isEqualTo(tensor.shape());
            assertThat(other.data()).as(name).isEqualTo(tensor.data());
        });
        assertThat(read.tokenizer().merges()).isEqualTo(expected.tokenizer().merges());
        assertThat(read.tokenizer().tokens())
                .usingElementComparator(Arrays::compare)
                .isEqualTo(expected.tokenizer().tokens());
    }

    private static float[] values(Tensor tensor) {
        float[] values = new float[(int) tensor.elementCount()];
        tensor.copyTo(0, values);
        return values;
    }
}
