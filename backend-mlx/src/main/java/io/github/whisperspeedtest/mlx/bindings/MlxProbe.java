package io.github.whisperspeedtest.mlx.bindings;

import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.error.EngineOutOfMemoryException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Checks that MLX computes correctly on a device.
 *
 * <p>Some builds do not: the compiler of macOS 26.5 makes wrong kernels for the matrix units of M5 (ml-explore/mlx issues 3585 and
 * 3586), and packages lack kernels that the processor needs. The checks also show that the library has the calling convention of these
 * bindings, because mlx-c does not report a version.
 */
final class MlxProbe {
    /**
     * Largest difference that rounding explains. Rounding a result to float16 makes 0.002, and adding 512 products in float16, which no
     * kernel has to avoid, makes about 0.02. The wrong kernels are off by more than 1.
     */
    static final double TOLERANCE = 0.05;

    private MlxProbe() {}

    /** Computes operations on one device. */
    interface Device {
        /**
         * Returns the rows of a result.
         *
         * @throws EngineException if the device cannot compute it
         */
        float[][] compute(ProbeCase operation);
    }

    /** Why a device is not used, and whether that will be the same next time. */
    record Fault(String reason, boolean lasting) {}

    /** Returns what is wrong with a device of MLX, empty if nothing is. */
    static Optional<Fault> check(MlxRuntime runtime, MlxDevice device) {
        return check(typeOn(device), operation -> {
            float[][] rows = new float[operation.rows()][operation.columns()];
            try (MlxGraph graph = runtime.graph(device)) {
                graph.read(operation.result().apply(graph), rows, List.of());
            }
            return rows;
        });
    }

    /** Returns the type that networks use by default. The quantized products take ten seconds in 16 bits on a CPU. */
    private static MlxType typeOn(MlxDevice device) {
        return device == MlxDevice.GPU ? MlxType.FLOAT16 : MlxType.FLOAT32;
    }

    /**
     * Returns what is wrong with a device, empty if nothing is.
     *
     * @param type the type to compute with
     */
    static Optional<Fault> check(MlxType type, Device device) {
        String suffix = " in " + type.name().toLowerCase(Locale.ROOT);
        for (ProbeCase operation : ProbeCases.of(type)) {
            String name = "the " + operation.name() + suffix;
            try {
                double error = operation.error(device.compute(operation));
                if (!(error <= TOLERANCE)) {
                    return Optional.of(new Fault("it computes wrongly: " + name + " " + describe(error), true));
                }
            } catch (EngineException e) {
                return Optional.of(new Fault(
                        "it cannot compute " + name + ": " + e.getMessage(),
                        !(e instanceof EngineOutOfMemoryException)));
            }
        }
        return Optional.empty();
    }

    private static String describe(double error) {
        return Double.isInfinite(error)
                ? "has elements that are not numbers"
                : String.format(
                        Locale.ROOT,
                        "is off by %.2f times its mean size, of which rounding explains %.2f",
                        error,
                        TOLERANCE);
    }
}
