package io.github.whisperspeedtest.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreeSpaceTest {
    @Test
    void asksTheNearestParentThatExists(@TempDir Path directory) throws IOException {
        long before = Files.getFileStore(directory).getTotalSpace();

        assertThat(FreeSpace.at(directory.resolve("not/yet"))).isBetween(1L, before);
        assertThat(FreeSpace.at(Path.of("not-there"))).isPositive();
    }
}
