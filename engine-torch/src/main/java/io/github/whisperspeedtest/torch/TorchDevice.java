package io.github.whisperspeedtest.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import java.util.Optional;

/** A device that PyTorch can compute on. Source of DJL's names: {@code ai.djl.pytorch.engine.PtDeviceType}. */
public enum TorchDevice {
    /** The CPU. */
    CPU("cpu", "CPU"),
    /** The GPU of a Mac, through Metal Performance Shaders. */
    MPS("mps", "MPS (Apple GPU)"),
    /** The first NVIDIA GPU. */
    CUDA("cuda", "CUDA");

    private final String option;
    private final String description;

    TorchDevice(String option, String description) {
        this.option = option;
        this.description = description;
    }

    /**
     * Returns the reason that this machine has no such device, without a full stop; empty if it seems to have one.
     *
     * <p>This is cheap. {@link TorchDevices} tells whether the device works.
     */
    Optional<String> absence(Engine engine) {
        return switch (this) {
            case CPU -> Optional.empty();
            case MPS ->
                System.getProperty("os.name").startsWith("Mac")
                        ? Optional.empty()
                        : Optional.of("it is part of macOS on Apple silicon");
            case CUDA ->
                engine.hasCapability("CUDA")
                        ? Optional.empty()
                        : Optional.of("PyTorch finds no such device, or its libraries are not those for CUDA");
        };
    }

    /** Returns the option value. */
    String option() {
        return option;
    }

    /** Returns the name in reports. */
    String description() {
        return description;
    }

    /** Returns the DJL device. */
    Device djl() {
        return switch (this) {
            case CPU -> Device.cpu();
            case MPS -> Device.of("mps", -1);
            case CUDA -> Device.gpu(0);
        };
    }
}
