package io.github.whisperspeedtest.torch;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.github.whisperspeedtest.model.LibraryReports;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.system.HostSystem;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the layout in which the decoder's weights are read fastest on this processor, by multiplying a matrix in both.
 *
 * <p>The answer is kept for the processor, the version of PyTorch, the width of the model, the type and the threads.
 */
final class WeightLayoutTrial {
    private static final Logger LOG = LoggerFactory.getLogger(WeightLayoutTrial.class);

    /** With the width of tiny, 12 MiB: more than a core's own cache holds. */
    private static final int OUTPUTS = 8192;

    /** A decoder's step has one row for a single sequence, and several for beams and batches. */
    private static final int[] ROW_COUNTS = {1, 8};

    private static final int REPETITIONS = 5;

    /** By how much weights by columns have to be faster, because those by rows need no copy of what is in the file. */
    private static final double LEAST_GAIN = 1.2;

    private final LibraryReports<Answer> answers;
    private final String engine;
    private final List<Path> libraries;
    private final Measurement measurement;

    /** Finds the faster layout now. */
    interface Measurement {
        /** Returns the faster layout for the decoder of a model of some width. */
        WeightLayout faster(TorchOptions options, int width);
    }

    /**
     * What the trial found.
     *
     * @param layout the fastest layout
     */
    record Answer(WeightLayout layout) {}

    /**
     * Creates a trial that keeps its answers in the cache directory of a context.
     *
     * @param engine the version and the build of PyTorch
     */
    WeightLayoutTrial(ImplementationContext context, String engine, Measurement measurement) {
        answers = new LibraryReports<>(context.cache(), Answer.class);
        this.engine = engine;
        this.measurement = measurement;
        libraries = TorchLibraries.ownFiles(context.settings());
    }

    /** Returns the layout for the decoder of a model of some width. */
    synchronized WeightLayout layout(TorchOptions options, int width) {
        if (options.device() != TorchDevice.CPU || options.precision() == TorchPrecision.INT8) {
            return WeightLayout.ROWS;
        }
        String identity = String.join(
                "\n",
                "weight layout",
                HostSystem.current().processorName(),
                engine,
                TorchProgram.source(),
                LibraryReports.identity(libraries),
                options.precision().name(),
                width + " wide",
                options.threads() + " threads");
        return answers.find(identity).map(Answer::layout).orElseGet(() -> {
            WeightLayout layout = measurement.faster(options, width);
            // Other programs can disturb a measurement, and the answer is for good.
            if (layout != measurement.faster(options, width)) {
                return WeightLayout.ROWS;
            }
            answers.keep(identity, new Answer(layout));
            return layout;
        });
    }

    /** Measures both layouts. */
    static WeightLayout measure(TorchRuntime runtime, TorchOptions options, int width) {
        runtime.setThreads(options.threads());
        try (PtNDManager manager = (PtNDManager) runtime.engine().newBaseManager();
                TorchProgram program = TorchProgram.load(manager);
                NativeValues values = new NativeValues()) {
            Matrices matrices = new Matrices(manager, program, values, options.precision());
            IValue byRows = matrices.random(OUTPUTS, width);
            IValue byColumns = values.own(program.call("column_major", byRows));
            IValue bias = matrices.random(OUTPUTS);
            IValue packed = values.own(program.call("pack", values.own(IValue.listFrom(new PtNDArray[0]))));
            IValue[] layers = {layer(manager, values, byRows, bias), layer(manager, values, byColumns, bias)};
            double[][] millis = new double[layers.length][ROW_COUNTS.length];
            for (int i = 0; i < ROW_COUNTS.length; i++) {
                IValue x = matrices.random(ROW_COUNTS[i], 1, width);
                for (double[] ofLayout : millis) {
                    ofLayout[i] = Double.POSITIVE_INFINITY;
                }
                for (int repetition = 0; repetition < REPETITIONS; repetition++) {
                    for (int j = 0; j < layers.length; j++) {
                        long start = System.nanoTime();
                        program.call("linear", x, values.of(0), layers[j], packed)
                                .close();
                        millis[j][i] = Math.min(millis[j][i], (System.nanoTime() - start) / 1e6);
                    }
                }
            }
            WeightLayout layout = faster(millis[0], millis[1]);
            LOG.debug(
                    "Weights by rows take {} ms, by columns {} ms: {}",
                    Arrays.toString(millis[0]),
                    Arrays.toString(millis[1]),
                    layout);
            return layout;
        }
    }

    private static IValue layer(PtNDManager manager, NativeValues values, IValue weight, IValue bias) {
        return values.own(IValue.listFrom(weight.toTensor(manager), bias.toTensor(manager)));
    }

    /**
     * Returns the layout with the shorter times, compared by the geometric mean of their ratios.
     *
     * @param rows times of the same products with weights by rows
     * @param columns times with weights by columns
     */
    static WeightLayout faster(double[] rows, double[] columns) {
        double gain = 1;
        for (int i = 0; i < rows.length; i++) {
            gain *= rows[i] / columns[i];
        }
        return Math.pow(gain, 1.0 / rows.length) > LEAST_GAIN ? WeightLayout.COLUMNS : WeightLayout.ROWS;
    }

    /** Makes matrices in the type of a network. */
    private static final class Matrices {
        private final PtNDManager manager;
        private final TorchProgram program;
        private final NativeValues values;
        private final TorchPrecision precision;
        private final IValue like;
        private final Random random = new Random(1);

        Matrices(PtNDManager manager, TorchProgram program, NativeValues values, TorchPrecision precision) {
            this.manager = manager;
            this.program = program;
            this.values = values;
            this.precision = precision;
            like = values.own(IValue.from(manager.create(new Shape(1), DataType.FLOAT32)));
        }

        IValue random(long... shape) {
            Shape wanted = new Shape(shape);
            float[] elements = new float[Math.toIntExact(wanted.size())];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = random.nextFloat() - 0.5f;
            }
            PtNDArray array = (PtNDArray) manager.create(elements, wanted);
            return values.own(program.call(
                    "convert",
                    values.own(IValue.from(array)),
                    values.of(precision.type().code()),
                    like));
        }
    }
}
