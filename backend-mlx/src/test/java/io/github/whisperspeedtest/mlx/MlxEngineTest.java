package io.github.whisperspeedtest.mlx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.EngineOutOfMemoryException;
import io.github.whisperspeedtest.mlx.bindings.MlxDevice;
import io.github.whisperspeedtest.mlx.network.MlxNetwork;
import io.github.whisperspeedtest.mlx.network.MlxPrecision;
import io.github.whisperspeedtest.testing.RandomCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MlxEngineTest {
    @Test
    void refusesModelLargerThanMemory() {
        assertThatThrownBy(() -> MlxEngine.requireMemory("base", 1000, OptionalLong.of(999)))
                .isInstanceOf(EngineOutOfMemoryException.class)
                .hasMessageContainingAll("'base'", "smaller or quantised model", "device cpu");
        assertThatCode(() -> MlxEngine.requireMemory("base", 1000, OptionalLong.of(1000)))
                .doesNotThrowAnyException();
        assertThatCode(() -> MlxEngine.requireMemory("base", 1000, OptionalLong.empty()))
                .doesNotThrowAnyException();
    }

    /** A model that is stored in 32 bits needs half of its file in float16; its file may exceed a memory that holds it. */
    @ParameterizedTest
    @CsvSource({"F32, FLOAT16, 2", "F16, FLOAT16, 2", "F16, FLOAT32, 4", "F32, BFLOAT16, 2"})
    void countsWeightsInThePrecisionOfMlx(DataType stored, MlxPrecision precision, int bytes) {
        Checkpoint checkpoint =
                RandomCheckpoint.of(new ModelDimensions(80, 20, 64, 1, 1, 500, 20, 64, 1, 1), stored, 1);
        long elements = checkpoint.tensors().values().stream()
                .mapToLong(Tensor::elementCount)
                .sum();
        assertThat(MlxNetwork.weightBytes(checkpoint, precision)).isEqualTo(bytes * elements);
    }

    @Test
    void countsQuantizedWeightsAsStored(@TempDir Path directory) throws IOException {
        Path source = MlxDirectory.write(EmbeddedModel.checkpoint(), "q4-g32", directory);
        MlxCheckpoint model =
                new MlxDirectory(source, Files.createDirectory(directory.resolve("model"))).writeAndRead();
        long file = Files.size(source.resolve("weights.safetensors"));
        // The file has a header, but not the positions of the encoder, which are computed.
        assertThat(MlxNetwork.weightBytes(model.checkpoint(), MlxPrecision.FLOAT16))
                .isBetween(file * 9 / 10, file * 11 / 10);
    }

    @Test
    void onlyTheGpuMayEndTheProcess() {
        assertThat(MlxEngine.crashRisk(MlxDevice.GPU))
                .hasValueSatisfying(risk -> assertThat(risk).contains("memory of the GPU"));
        assertThat(MlxEngine.crashRisk(MlxDevice.CPU)).isEmpty();
    }
}
