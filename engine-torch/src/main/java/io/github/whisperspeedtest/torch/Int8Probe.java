package io.github.whisperspeedtest.torch;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.error.EngineOutOfMemoryException;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;

/**
 * Tells whether PyTorch computes linear layers with signed bytes rightly on this processor.
 *
 * <p>PyTorch 2.7.1 does not on AArch64. On Linux a packed layer is right only for as many rows as its first input has, and is off by 70 %
 * for others, without an error. On macOS there is no engine for such layers.
 */
final class Int8Probe {
    /** The width of tiny. */
    static final int WIDTH = 384;

    /** The second number differs from the first, the third repeats it, and the last fills no whole block of rows. */
    private static final int[] ROWS = {1, 5, 1, 17};

    /** Largest relative error. Quantisation alone makes one of 0.017 at this width. */
    private static final double LARGEST_ERROR = 0.05;

    private Int8Probe() {}

    /** A linear layer without a bias. */
    interface Layer {
        /**
         * Multiplies rows with the weights.
         *
         * @param x rows of {@link #WIDTH} inputs, one after the other
         * @return as many rows of {@link #WIDTH} outputs
         */
        float[] apply(float[] x, int rows);
    }

    /** Returns why PyTorch cannot compute such layers here, without a full stop; empty if it can. */
    static Optional<String> problem(TorchRuntime runtime) {
        float[] weights = gaussian(new Random(1), WIDTH * WIDTH);
        try (PtNDManager manager = (PtNDManager) runtime.engine().newBaseManager();
                TorchProgram program = TorchProgram.load(manager);
                PtNDArray weight = (PtNDArray) manager.create(weights, new Shape(WIDTH, WIDTH));
                PtNDArray bias = (PtNDArray) manager.zeros(new Shape(WIDTH));
                NativeValues values = new NativeValues()) {
            IValue packed = values.own(program.call("pack", values.own(IValue.listFrom(weight))));
            IValue biases = values.own(IValue.listFrom(bias));
            return problem(weights, (x, rows) -> {
                try (PtNDArray input = (PtNDArray) manager.create(x, new Shape(1, rows, WIDTH));
                        NativeValues arguments = new NativeValues();
                        PtNDArray output = arguments
                                .own(program.call(
                                        "linear", arguments.own(IValue.from(input)), arguments.of(0), biases, packed))
                                .toTensor(manager)) {
                    return output.toFloatArray();
                }
            });
        } catch (EngineOutOfMemoryException e) {
            throw e;
        } catch (EngineException e) {
            return Optional.of(TorchProgram.firstSentence(e.getMessage()));
        }
    }

    /** Compares a layer with the same product in double precision. */
    static Optional<String> problem(float[] weights, Layer layer) {
        Random random = new Random(2);
        for (int rows : ROWS) {
            float[] x = gaussian(random, rows * WIDTH);
            double error = RelativeError.of(layer.apply(x, rows), product(x, rows, weights));
            if (!(error <= LARGEST_ERROR)) {
                return Optional.of(String.format(
                        Locale.ROOT,
                        "PyTorch computes int8 wrongly on this processor: a layer with %d rows is off by %.0f %%",
                        rows,
                        100 * error));
            }
        }
        return Optional.empty();
    }

    private static float[] product(float[] x, int rows, float[] weights) {
        float[] y = new float[rows * WIDTH];
        for (int i = 0; i < y.length; i++) {
            int row = i / WIDTH * WIDTH;
            int column = i % WIDTH * WIDTH;
            double sum = 0;
            for (int j = 0; j < WIDTH; j++) {
                sum += (double) x[row + j] * weights[column + j];
            }
            y[i] = (float) sum;
        }
        return y;
    }

    private static float[] gaussian(Random random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
