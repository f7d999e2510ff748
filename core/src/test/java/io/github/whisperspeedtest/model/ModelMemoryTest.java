package io.github.whisperspeedtest.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.spi.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelMemoryTest {
    @TempDir
    private Path directory;

    @Test
    void budgetIsWhatSystemCallsAvailableWithinContainer() {
        assertThat(ModelMemory.budget(OptionalLong.of(1000), 10, 4000))
                .as("most of what is available, although it is mostly not free")
                .isEqualTo(850);
        assertThat(ModelMemory.budget(OptionalLong.of(4000), 10, 1000)).isEqualTo(850);
        assertThat(ModelMemory.budget(OptionalLong.empty(), 10, 1000)).isEqualTo(600);
        assertThat(ModelMemory.budget(OptionalLong.empty(), 900, 1000)).isEqualTo(900);
    }

    @Test
    void thisMachineHasMemoryForAWorker() {
        assertThat(ModelMemory.budget()).isBetween(64L << 20, 1L << 50);
    }

    @Test
    void estimateGrowsWithTheFilesAndLeavesOutMissingOnes() throws IOException {
        Path weights = Files.write(directory.resolve("weights.bin"), new byte[1000]);
        ModelFiles files = ModelFiles.of("tiny", List.of(weights, directory.resolve("missing.bin")));

        assertThat(ModelMemory.estimate(files)).isEqualTo(ModelMemory.BASE_BYTES + 2500);
    }
}
