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
 * What PyTorch can compute on.
 *
 * <p>Whether a device works is found out by computing on it, since DJL cannot say so of Apple's, and a driver that is there need not
 * work. Source of DJL's names: {@code ai.djl.pytorch.engine.PtDeviceType}.
 */
public enum TorchDevice {
    /** The processor. */
    CPU("cpu", "CPU"),
    /** The graphics processor of a Mac, through Metal Performance Shaders. */
    MPS("mps", "MPS (Apple GPU)"),
    /** The first graphics processor of NVIDIA. */
    CUDA("cuda", "CUDA");

    private final String option;
    private final String description;
    private @Nullable Optional<String> problem;

    TorchDevice(String option, String description) {
        this.option = option;
        this.description = description;
    }

    /**
     * Returns the best device that there is: a graphics processor where one works, or else the processor.
     *
     * @throws io.github.whisperspeedtest.error.RuntimeUnavailableException if PyTorch cannot be used here
     */
    static TorchDevice best() {
        return MPS.problem().isEmpty() ? MPS : CUDA.problem().isEmpty() ? CUDA : CPU;
    }

    /**
     * Returns why this device cannot be used here, without a full stop; empty where it can. It is tried once per process.
     *
     * @throws io.github.whisperspeedtest.error.RuntimeUnavailableException if PyTorch cannot be used here
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

    /** Computes a sum, which takes memory, a kernel and the way back. */
    Optional<String> tryOut(Engine engine) {
        try (NDManager manager = engine.newBaseManager(djl())) {
            NDArray two = manager.ones(new Shape(1), DataType.FLOAT32).add(1);
            float result = two.toFloatArray()[0];
            return result == 2 ? Optional.empty() : Optional.of("1 + 1 is " + result + " on it");
        } catch (RuntimeException e) {
            return Optional.of(firstSentence(String.valueOf(e.getMessage())));
        }
    }

    /** Takes what PyTorch found wrong, and not the pages of hints that it may add. */
    static String firstSentence(String message) {
        return message.lines().findFirst().orElse("").replaceFirst("\\. .*|\\.$", "");
    }

    /** Returns the name that users choose it by. */
    String option() {
        return option;
    }

    /** Returns what reports call it. */
    String description() {
        return description;
    }

    /** Returns what DJL calls it. */
    Device djl() {
        return switch (this) {
            case CPU -> Device.cpu();
            case MPS -> Device.of("mps", -1);
            case CUDA -> Device.gpu(0);
        };
    }
}
