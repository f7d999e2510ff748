package io.github.whisperspeedtest.mlx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.testing.Damage;
import io.github.whisperspeedtest.testing.RandomCheckpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hundreds of damaged files are read or rejected with a message, without excessive memory. */
@Tag("hostile-files")
class MlxDamagedTest {
    private static final int FILES = 150;
    private static final String SAFETENSORS = "weights.safetensors";
    private static final String NPZ = "weights.npz";

    @TempDir
    Path directory;

    private MlxDirectory model;

    @BeforeEach
    void writeModel() throws IOException {
        Checkpoint checkpoint = RandomCheckpoint.of(RandomCheckpoint.TINY, DataType.F16, 13);
        model = new MlxDirectory(MlxDirectory.write(checkpoint, "q4", directory), directory);
    }

    @Test
    void damagedConfigurationsAreReadOrRejected() throws IOException {
        model.writeWeights(SAFETENSORS);
        byte[] valid = model.config().getBytes(StandardCharsets.UTF_8);

        assertThat(refused("config.json", 31, valid, 0, valid.length)).isGreaterThan(FILES * 3 / 4);
    }

    @Test
    void damagedSafetensorsHeadersAreReadOrRejected() throws IOException {
        model.writeWeights(SAFETENSORS);
        byte[] valid = Files.readAllBytes(model.file(SAFETENSORS));
        int headerEnd = new String(valid, StandardCharsets.ISO_8859_1).indexOf("}}") + 2;

        assertThat(refused(SAFETENSORS, 32, valid, 0, headerEnd)).isGreaterThan(FILES * 3 / 4);
    }

    @Test
    void damagedNpzHeadersAreReadOrRejected() throws IOException {
        model.writeWeights(NPZ);
        byte[] valid = Files.readAllBytes(model.file(NPZ));

        // The headers of the archive and of the first array, which is the kernel of a convolution.
        assertThat(refused(NPZ, 33, valid, 0, 180)).isGreaterThan(FILES / 2);
    }

    @Test
    void damagedNpzDirectoriesAreReadOrRejected() throws IOException {
        model.writeWeights(NPZ);
        byte[] valid = Files.readAllBytes(model.file(NPZ));

        assertThat(refused(NPZ, 34, valid, valid.length - 80 * model.arrays.size(), valid.length))
                .isGreaterThan(FILES / 2);
    }

    @Test
    void filesDamagedAnywhereAreReadOrRejected() throws IOException {
        model.writeWeights(NPZ);
        byte[] valid = Files.readAllBytes(model.file(NPZ));

        assertThat(refused(NPZ, 35, valid, 0, valid.length)).isPositive();
    }

    /** Returns the number of rejected files. */
    private int refused(String name, int seed, byte[] valid, int start, int end) throws IOException {
        List<ModelException> failures = new ArrayList<>();
        long allocatedForValid = allocated(failures);
        assertThat(failures).isEmpty();
        Path damaged = directory.resolve("damaged" + name.substring(name.lastIndexOf('.')));
        model.put(name, damaged);
        Random random = new Random(seed);
        for (int i = 0; i < FILES; i++) {
            Files.write(damaged, Damage.of(valid, start, end, random));
            assertThat(allocated(failures)).isLessThan(2 * allocatedForValid);
        }
        assertThat(failures)
                .allSatisfy(failure -> assertThat(failure)
                        .hasMessageContaining(directory.toString())
                        .hasMessageEndingWith("."));
        return failures.size();
    }

    /** Returns the memory allocated by reading the model and some of its weights. */
    private long allocated(List<ModelException> failures) {
        float[] row = new float[64];
        return Damage.allocatedBytes(() -> {
            try {
                for (Tensor tensor : model.read().checkpoint().tensors().values()) {
                    tensor.copyTo(0, row);
                }
            } catch (ModelException e) {
                failures.add(e);
            }
        });
    }
}
