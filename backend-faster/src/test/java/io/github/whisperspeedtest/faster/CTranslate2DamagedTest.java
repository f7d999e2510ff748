package io.github.whisperspeedtest.faster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.testing.Damage;
import io.github.whisperspeedtest.testing.RandomCheckpoint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hundreds of damaged files are read or rejected with a message, without excessive memory. */
@Tag("hostile-files")
class CTranslate2DamagedTest {
    private static final Checkpoint TINY = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F32, 7);
    private static final int FILES = 100;

    /** Bytes from the rank of a two-dimensional variable to its elements. */
    private static final int HEADER_BYTES = 1 + 2 * Integer.BYTES + 1 + Integer.BYTES;

    @TempDir
    Path directory;

    private Map<String, Path> files = new LinkedHashMap<>();
    private long allocatedForValid;

    @BeforeEach
    void writeModel() throws IOException {
        ModelDirectory.write(TINY, "int8", directory);
        writeSmallTokenizer();
        files = new LinkedHashMap<>(ModelDirectory.files(directory).byName());
        allocatedForValid = allocated(new ArrayList<>());
    }

    @Test
    void damagedVariableHeadersAreReadOrRejected() throws IOException {
        Path file = directory.resolve("model.bin");
        byte[] valid = Files.readAllBytes(file);
        List<Map.Entry<String, Variable>> variables =
                List.copyOf(ModelBin.read(file).variables().entrySet());
        Random random = new Random(11);
        int refused = 0;
        for (int i = 0; i < FILES; i++) {
            Map.Entry<String, Variable> variable = variables.get(random.nextInt(variables.size()));
            int end = (int) variable.getValue().region().offset();
            int start = end - HEADER_BYTES - variable.getKey().length() - 3;
            refused += read("model.bin", Damage.of(valid, start, end, random));
        }
        assertThat(refused).isGreaterThan(FILES * 3 / 4);
    }

    @Test
    void damagedStartAndEndAreReadOrRejected() throws IOException {
        byte[] valid = Files.readAllBytes(directory.resolve("model.bin"));
        Random random = new Random(12);
        int refused = 0;
        for (int i = 0; i < FILES; i++) {
            boolean isBeginning = i % 2 == 0;
            refused += read(
                    "model.bin",
                    isBeginning
                            ? Damage.of(valid, 0, 40, random)
                            : Damage.of(valid, valid.length - 70, valid.length, random));
        }
        assertThat(refused).isGreaterThan(FILES * 3 / 4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", "preprocessor_config.json", "tokenizer.json", "vocabulary.json"})
    void damagedFilesBesideTheWeightsAreReadOrRejected(String name) throws IOException {
        if (name.equals("tokenizer.json")) {
            files.remove("vocabulary.json");
            allocatedForValid = allocated(new ArrayList<>());
        }
        byte[] valid = Files.readAllBytes(directory.resolve(name));
        Random random = new Random(name.hashCode());
        int refused = 0;
        for (int i = 0; i < FILES; i++) {
            refused += read(name, Damage.of(valid, 0, valid.length, random));
        }
        assertThat(refused).isPositive();
    }

    /** A tokenizer with the tokens of the tiny model, without placeholders for unused ids. */
    private void writeSmallTokenizer() throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode tokenizer = json.createObjectNode();
        try (InputStream vocabulary = EmbeddedModel.class.getResourceAsStream("micro/vocab.json");
                InputStream merges = EmbeddedModel.class.getResourceAsStream("micro/merges.txt")) {
            ObjectNode model = tokenizer.putObject("model").put("type", "BPE");
            model.set("vocab", json.readTree(Objects.requireNonNull(vocabulary)));
            new String(Objects.requireNonNull(merges).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#version"))
                    .forEach(model.putArray("merges")::add);
        }
        Files.write(directory.resolve("tokenizer.json"), json.writeValueAsBytes(tokenizer));
    }

    /** Reads the model with one file replaced and returns the number of rejections, 0 or 1. */
    private int read(String name, byte[] content) throws IOException {
        Path damaged = Files.createTempFile(directory, "damaged", "");
        Files.write(damaged, content);
        files.put(name, damaged);
        List<ModelException> failures = new ArrayList<>();
        assertThat(allocated(failures)).isLessThan(2 * allocatedForValid);
        for (ModelException failure : failures) {
            // An inconsistency between two files may be attributed to either.
            assertThat(failure.getMessage())
                    .containsAnyOf(directory.toString(), "'tiny'")
                    .endsWith(".");
        }
        return failures.size();
    }

    private long allocated(List<ModelException> failures) {
        return Damage.allocatedBytes(() -> {
            try {
                CTranslate2Checkpoint.read(new ModelFiles("tiny", files));
            } catch (ModelException e) {
                failures.add(e);
            }
        });
    }
}
