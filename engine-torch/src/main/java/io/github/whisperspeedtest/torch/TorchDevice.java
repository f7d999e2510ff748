package io.github.whisperspeedtest.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Optional;

/** What PyTorch can compute on. */
public enum TorchDevice {
    /** The processor. */
    CPU("cpu", "CPU", Device.cpu()),
    /** The graphics processor of a Mac, through Metal Performance Shaders. */
    MPS("mps", "MPS (Apple GPU)", Device.of("mps", -1)),
    /** The first graphics processor of NVIDIA. */
    CUDA("cuda", "CUDA", Device.gpu(0));

    private final String option;
    private final String description;
    private final Device djl;

    TorchDevice(String option, String description, Device djl) {
        this.option = option;
        this.description = description;
        this.djl = djl;
    }

    /** Returns the best device that there is: a graphics processor where one works, or else the processor. */
    public static TorchDevice best() {
        return MPS.problem().isEmpty() ? MPS : CUDA.problem().isEmpty() ? CUDA : CPU;
    }

    /** Returns why this device cannot be used here, empty where it can. */
    public Optional<String> problem() {
        return this == CPU ? Optional.empty() : tryOut();
    }

    private Optional<String> tryOut() {
        Engine engine = TorchRuntime.start().engine();
        try (NDManager manager = engine.newBaseManager(djl)) {
            NDArray two = manager.ones(new Shape(1), DataType.FLOAT32).add(1);
            return two.toFloatArray()[0] == 2 ? Optional.empty() : Optional.of("it computes wrongly");
        } catch (EngineException e) {
            return Optional.of(e.getMessage());
        }
    }

    /** Returns the name that users choose it by. */
    public String option() {
        return option;
    }

    /** Returns what reports call it. */
    public String description() {
        return description;
    }

    /** Returns what DJL calls it. */
    public Device djl() {
        return djl;
    }
}
