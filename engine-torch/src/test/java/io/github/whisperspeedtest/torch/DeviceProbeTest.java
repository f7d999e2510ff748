package io.github.whisperspeedtest.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.testkit.TestContexts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Tag("processes")
class DeviceProbeTest {
    @TempDir
    private Path directory;

    /** The CPU is the device here. */
    @Test
    void keepsAnswer() throws IOException {
        assertThat(probe("PyTorch").problem(TorchDevice.CPU, TorchPrecision.FLOAT32))
                .isEmpty();
        assertThat(kept()).hasSize(1);
        Files.writeString(kept().get(0), "{\"problem\": \"it is wrong\"}");
        assertThat(probe("PyTorch").problem(TorchDevice.CPU, TorchPrecision.FLOAT32))
                .as("no other trial")
                .contains("it is wrong");
        assertThat(probe("newer PyTorch").problem(TorchDevice.CPU, TorchPrecision.FLOAT32))
                .isEmpty();
        assertThat(kept()).hasSize(2);
    }

    @Test
    @DisabledOnOs(OS.MAC)
    void givesReasonWithoutKeepingItIfDeviceCannotBeTried() throws IOException {
        assertThat(probe("PyTorch").problem(TorchDevice.MPS, TorchPrecision.FLOAT16))
                .hasValueSatisfying(reason -> assertThat(reason)
                        .contains("Could not run 'aten::empty.memory_format'")
                        .hasSizeLessThan(250));
        assertThat(kept()).isEmpty();
    }

    private DeviceProbe probe(String engine) {
        ImplementationContext ours = TestContexts.ofEngine();
        return new DeviceProbe(
                new ImplementationContext(ours.nativeLibraries(), directory, directory, Settings.ofProcess()), engine);
    }

    private List<Path> kept() throws IOException {
        Path answers = directory.resolve("libraries");
        if (!Files.isDirectory(answers)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(answers)) {
            return files.sorted().toList();
        }
    }
}
