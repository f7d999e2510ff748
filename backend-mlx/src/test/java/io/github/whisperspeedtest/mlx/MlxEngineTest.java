package io.github.whisperspeedtest.mlx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.EngineOutOfMemoryException;
import io.github.whisperspeedtest.mlx.bindings.MlxDevice;
import io.github.whisperspeedtest.spi.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MlxEngineTest {
    @Test
    void refusesModelLargerThanMemory(@TempDir Path directory) throws IOException {
        Path weights = Files.write(directory.resolve("weights.npz"), new byte[700]);
        Path config = Files.write(directory.resolve("config.json"), new byte[300]);
        ModelFiles files = new ModelFiles("base", Map.of("weights.npz", weights, "config.json", config));

        assertThatThrownBy(() -> MlxEngine.requireMemory(files, OptionalLong.of(999)))
                .isInstanceOf(EngineOutOfMemoryException.class)
                .hasMessageContainingAll("'base'", "smaller or quantised model", "device cpu");
        assertThatCode(() -> MlxEngine.requireMemory(files, OptionalLong.of(1000)))
                .doesNotThrowAnyException();
        assertThatCode(() -> MlxEngine.requireMemory(files, OptionalLong.empty()))
                .doesNotThrowAnyException();
    }

    @Test
    void onlyTheGpuMayEndTheProcess() {
        assertThat(MlxEngine.crashRisk(MlxDevice.GPU))
                .hasValueSatisfying(risk -> assertThat(risk).contains("memory of the GPU"));
        assertThat(MlxEngine.crashRisk(MlxDevice.CPU)).isEmpty();
    }
}
