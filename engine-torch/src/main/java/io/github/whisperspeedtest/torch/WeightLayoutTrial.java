package io.github.whisperspeedtest.torch;

import ai.djl.pytorch.jni.IValue;
import io.github.whisperspeedtest.model.LibraryReports;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.system.HostSystem;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
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
        /** Returns what repeated measurements find for the decoder of a model of some width. */
        List<WeightLayout> faster(TorchOptions options, int width);
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
            Set<WeightLayout> found = Set.copyOf(measurement.faster(options, width));
            // Other programs can disturb a measurement, and the answer is for good.
            if (found.size() != 1) {
                return WeightLayout.ROWS;
            }
            WeightLayout layout = found.iterator().next();
            answers.keep(identity, new Answer(layout));
            return layout;
        });
    }

    /** Measures both layouts, twice with the same weights. */
    static List<WeightLayout> measure(TorchRuntime runtime, TorchOptions options, int width) {
        runtime.setThreads(options.threads());
        try (RandomProducts products =
                new RandomProducts(runtime, options.precision().type(), OUTPUTS, width)) {
            IValue[] rows = IntStream.of(ROW_COUNTS).mapToObj(products::rows).toArray(IValue[]::new);
            return List.of(measure(products, rows), measure(products, rows));
        }
    }

    private static WeightLayout measure(RandomProducts products, IValue[] rows) {
        double[][] millis = new double[WeightLayout.values().length][rows.length];
        for (double[] ofLayout : millis) {
            Arrays.fill(ofLayout, Double.POSITIVE_INFINITY);
        }
        for (int i = 0; i < rows.length; i++) {
            for (int repetition = 0; repetition < REPETITIONS; repetition++) {
                for (WeightLayout layout : WeightLayout.values()) {
                    double[] least = millis[layout.ordinal()];
                    least[i] = Math.min(least[i], products.millis(layout, rows[i], 1));
                }
            }
        }
        double[] byRows = millis[WeightLayout.ROWS.ordinal()];
        double[] byColumns = millis[WeightLayout.COLUMNS.ordinal()];
        WeightLayout layout = faster(byRows, byColumns);
        LOG.debug(
                "Weights by rows take {} ms, by columns {} ms: {}",
                Arrays.toString(byRows),
                Arrays.toString(byColumns),
                layout);
        return layout;
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
}
