package io.github.whisperspeedtest.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.whisperspeedtest.testkit.TestContexts;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

class TorchDeviceTest {
    @Test
    void cpuIsAlwaysAvailable() {
        assertThat(TorchDevice.CPU.problem()).isEmpty();
    }

    @Test
    void prefersWorkingGpu() {
        assertThat(TorchDevice.best().problem()).isEmpty();
        if (TorchDevice.best() == TorchDevice.CPU) {
            assertThat(TorchDevice.MPS.problem()).isPresent();
            assertThat(TorchDevice.CUDA.problem()).isPresent();
        }
    }

    @Test
    void computesOnEachAvailableDevice() {
        Arrays.stream(TorchDevice.values())
                .filter(device -> device.problem().isEmpty())
                .forEach(device -> {
                    try (NDManager manager =
                            TorchRuntime.start(TestContexts.ofEngine()).engine().newBaseManager(device.djl())) {
                        assertThat(manager.ones(new Shape(3)).sum().getFloat()).isEqualTo(3);
                    }
                });
    }

    @Test
    @DisabledOnOs(OS.MAC)
    void explainsMissingMps() {
        assertThat(TorchDevice.MPS.problem())
                .hasValueSatisfying(reason -> assertThat(reason).contains("macOS"));
    }

    @Test
    @DisabledOnOs(OS.MAC)
    void testsDeviceByComputing() {
        assertThat(TorchDevice.MPS.tryOut(
                        TorchRuntime.start(TestContexts.ofEngine()).engine()))
                .hasValueSatisfying(reason -> assertThat(reason)
                        .startsWith("Could not run 'aten::empty.memory_format'")
                        .hasSizeLessThan(200));
    }

    @Test
    void keepsFirstSentenceOfMessage() {
        assertThat(TorchDevice.firstSentence("MPS backend out of memory (max allowed: 1.70 GB). Tried to.\nAnd more."))
                .isEqualTo("MPS backend out of memory (max allowed: 1.70 GB)");
        assertThat(TorchDevice.firstSentence("Nothing to say.")).isEqualTo("Nothing to say");
    }
}
