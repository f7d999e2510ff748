package io.github.whisperspeedtest.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.whisperspeedtest.testkit.TestContexts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

class TorchDeviceTest {
    private static final TorchRuntime RUNTIME = TorchRuntime.start(TestContexts.ofEngine());

    private final List<String> trials = new ArrayList<>();

    @Test
    void prefersWorkingGpu() {
        assertThat(broken(EnumSet.noneOf(TorchDevice.class)).best(Optional.empty()))
                .isEqualTo(TorchDevice.MPS);
        assertThat(broken(EnumSet.of(TorchDevice.MPS)).best(Optional.empty())).isEqualTo(TorchDevice.CUDA);
        assertThat(broken(EnumSet.of(TorchDevice.MPS, TorchDevice.CUDA)).best(Optional.empty()))
                .isEqualTo(TorchDevice.CPU);
    }

    @Test
    void triesEachDeviceOncePerPrecision() {
        TorchDevices devices = broken(EnumSet.of(TorchDevice.MPS));
        devices.best(Optional.empty());
        devices.best(Optional.empty());
        devices.best(Optional.of(TorchPrecision.BFLOAT16));
        devices.best(Optional.of(TorchPrecision.INT8));
        assertThat(devices.faults(Set.of(TorchDevice.MPS), Optional.empty()))
                .isEqualTo("MPS is not used: it computes FLOAT16 wrongly");
        assertThat(trials).containsExactly("MPS FLOAT16", "CUDA FLOAT16", "MPS BFLOAT16", "CUDA BFLOAT16");
    }

    @Test
    void triesNoDeviceThatIsMissing() {
        TorchDevices devices = new TorchDevices(device -> Optional.of("it is missing"), (device, precision) -> {
            throw new AssertionError(device);
        });
        assertThat(devices.best(Optional.empty())).isEqualTo(TorchDevice.CPU);
        assertThat(devices.problem(TorchDevice.MPS, TorchPrecision.FLOAT16)).contains("it is missing");
        assertThat(devices.faults(Set.of(TorchDevice.MPS), Optional.empty())).isEmpty();
    }

    /** Returns a machine with every device, of which some compute wrongly. */
    private TorchDevices broken(Set<TorchDevice> broken) {
        return new TorchDevices(device -> Optional.empty(), (device, precision) -> {
            trials.add(device + " " + precision);
            return broken.contains(device) ? Optional.of("it computes " + precision + " wrongly") : Optional.empty();
        });
    }

    @Test
    void computesOnEachAvailableDevice() {
        Arrays.stream(TorchDevice.values())
                .filter(device -> RUNTIME.devices()
                        .problem(device, TorchPrecision.automatic(device))
                        .isEmpty())
                .forEach(device -> {
                    try (NDManager manager = RUNTIME.engine().newBaseManager(device.djl())) {
                        assertThat(manager.ones(new Shape(3)).sum().getFloat()).isEqualTo(3);
                    }
                });
    }

    @Test
    @DisabledOnOs(OS.MAC)
    void explainsMissingMps() {
        assertThat(RUNTIME.devices().has(TorchDevice.MPS)).isFalse();
        assertThat(RUNTIME.devices().problem(TorchDevice.MPS, TorchPrecision.FLOAT16))
                .hasValueSatisfying(reason -> assertThat(reason).contains("macOS"));
    }
}
