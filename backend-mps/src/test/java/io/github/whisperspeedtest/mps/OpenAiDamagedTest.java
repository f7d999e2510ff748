package io.github.whisperspeedtest.mps;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.testing.Damage;
import io.github.whisperspeedtest.testing.RandomCheckpoint;
import io.github.whisperspeedtest.testing.ZipBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hundreds of damaged files are read or rejected with a message, without excessive memory. */
@Tag("hostile-files")
class OpenAiDamagedTest {
    private static final Checkpoint TINY = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F16, 7);
    private static final int FILES = 150;
    private static final String WEIGHTS = "tiny.pt";

    @TempDir
    Path directory;

    private final Map<String, Path> files = new LinkedHashMap<>();
    private byte[] valid = new byte[0];
    private int pickleStart;
    private int pickleEnd;
    private long allocatedForValid;

    @BeforeEach
    void writeModel() throws IOException {
        new OpenAiFormat().write(TINY, "f16", directory, List.of(WEIGHTS));
        Path file = directory.resolve(WEIGHTS);
        files.put(WEIGHTS, file);
        // The embedded model's vocabulary, because the written one has an entry for each of its many unused ids.
        for (String name : List.of("vocab.json", "merges.txt")) {
            try (InputStream resource = EmbeddedModel.class.getResourceAsStream("micro/" + name)) {
                files.put(name, directory.resolve(name));
                Files.copy(Objects.requireNonNull(resource, name), directory.resolve(name));
            }
        }
        valid = Files.readAllBytes(file);
        pickleStart = 64;
        try (ZipFile zip = new ZipFile(file.toFile())) {
            pickleEnd = pickleStart + (int) zip.getEntry("archive/data.pkl").getSize();
        }
        List<ModelException> failures = new ArrayList<>();
        allocatedForValid = allocated(failures);
        assertThat(failures).isEmpty();
        assertThat(valid[pickleStart]).isEqualTo((byte) 0x80);
        assertThat(valid[pickleEnd - 1]).isEqualTo((byte) '.');
    }

    @Test
    void damagedPicklesAreReadOrRejected() throws IOException {
        Random random = new Random(21);
        byte[] pickle = Arrays.copyOfRange(valid, pickleStart, pickleEnd);
        byte[][] storages = storages();
        int refused = 0;
        for (int i = 0; i < FILES; i++) {
            // Each in a new archive; otherwise the checksum would fail first.
            refused += read(ZipBuilder.torch(Damage.of(pickle, 0, pickle.length, random), storages)
                    .bytes());
        }
        assertThat(refused).isGreaterThan(FILES * 3 / 4);
    }

    @Test
    void damagedStartAndEndAreReadOrRejected() throws IOException {
        Random random = new Random(22);
        int directoryStart = valid.length - 70 * (storages().length + 3);
        int refused = 0;
        for (int i = 0; i < FILES; i++) {
            boolean isBeginning = i % 4 == 0;
            refused += read(
                    isBeginning
                            ? Damage.of(valid, 0, pickleStart, random)
                            : Damage.of(valid, directoryStart, valid.length, random));
        }
        assertThat(refused).isGreaterThan(FILES / 2);
    }

    @Test
    void filesDamagedAnywhereAreReadOrRejected() throws IOException {
        Random random = new Random(23);
        int refused = 0;
        for (int i = 0; i < FILES; i++) {
            refused += read(Damage.of(valid, 0, valid.length, random));
        }
        assertThat(refused).isPositive();
    }

    private static byte[][] storages() {
        return TINY.tensors().values().stream()
                .map(tensor -> {
                    byte[] bytes = new byte[tensor.data().remaining()];
                    tensor.data().get(bytes);
                    return bytes;
                })
                .toArray(byte[][]::new);
    }

    /** Reads the model with other weights and returns the number of rejections, 0 or 1. */
    private int read(byte[] content) throws IOException {
        Path damaged = directory.resolve("damaged.pt");
        Files.write(damaged, content);
        files.put(WEIGHTS, damaged);
        List<ModelException> failures = new ArrayList<>();
        assertThat(allocated(failures)).isLessThan(2 * allocatedForValid);
        for (ModelException failure : failures) {
            assertThat(failure.getMessage()).contains(damaged.toString()).endsWith(".");
        }
        return failures.size();
    }

    private long allocated(List<ModelException> failures) {
        return Damage.allocatedBytes(() -> {
            try {
                new OpenAiFormat().read(new ModelFiles("tiny", files));
            } catch (ModelException e) {
                failures.add(e);
            }
        });
    }
}
