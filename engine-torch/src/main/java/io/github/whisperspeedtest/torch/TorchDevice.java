package io.github.whisperspeedtest.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A device that PyTorch can compute on.
 *
 * <p>Availability is tested by computing on the device, because DJL cannot report it for Apple GPUs, and an installed
 * driver may not work. Source of DJL's names: {@code ai.djl.pytorch.engine.PtDeviceType}.
 */
public enum TorchDevice {
    /** The CPU. */
    CPU("cpu", "CPU"),
    /** The GPU of a Mac, through Metal Performance Shaders. */
    MPS("mps", "MPS (Apple GPU)"),
    /** The first NVIDIA GPU. */
    CUDA("cuda", "CUDA");

    private final String option;
    private final String description;
    private @Nullable Optional<String> problem;

    TorchDevice(String option, String description) {
        this.option = option;
        this.description = description;
    }

    /**
     * Returns the best device: a working GPU, otherwise the CPU.
     *
     * @throws io.github.whisperspeedtest.error.RuntimeUnavailableException if PyTorch cannot be used on this machine
     */
    static TorchDevice best() {
        return MPS.problem().isEmpty() ? MPS : CUDA.problem().isEmpty() ? CUDA : CPU;
    }

    /**
     * Returns the reason that this device cannot be used, without a full stop; empty if it works. The test runs once
     * per process.
     *
     * @throws io.github.whisperspeedtest.error.RuntimeUnavailableException if PyTorch cannot be used on this machine
     */
    synchronized Optional<String> problem() {
        if (problem == null) {
            Engine engine = TorchRuntime.get().engine();
            problem = findProblem(engine);
        }
        return problem;
    }

    private Optional<String> findProblem(Engine engine) {
        return switch (this) {
            case CPU -> Optional.empty();
            case MPS ->
                System.getProperty("os.name").startsWith("Mac")
                        ? tryOut(engine)
                        : Optional.of("it is part of macOS on Apple silicon");
            case CUDA ->
                engine.hasCapability("CUDA")
                        ? tryOut(engine)
                        : Optional.of("PyTorch finds no such device, or its libraries are not those for CUDA");
        };
    }

    /** Computes a sum on the device, which exercises allocation, a kernel and the copy back. */
    Optional<String> tryOut(Engine engine) {
        try (NDManager manager = engine.newBaseManager(djl())) {
            NDArray two = manager.ones(new Shape(1), DataType.FLOAT32).add(1);
            float result = two.toFloatArray()[0];
            return result == 2 ? Optional.empty() : Optional.of("1 + 1 is " + result + " on it");
        } catch (RuntimeException e) {
            return Optional.of(firstSentence(String.valueOf(e.getMessage())));
        }
    }

    /** Returns the first sentence of PyTorch's error message, without its pages of hints. */
    static String firstSentence(String message) {
        return message.lines().findFirst().orElse("").replaceFirst("\\. .*|\\.$", "");
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
