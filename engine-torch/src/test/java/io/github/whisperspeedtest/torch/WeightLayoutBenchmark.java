package io.github.whisperspeedtest.torch;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.github.whisperspeedtest.testkit.TestContexts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Measures the products of a decoder's step, of some rows with a weight matrix, for both layouts of the weights and for several types.
 *
 * <p>Arguments: the width of the model, the rounds, the threads, and the numbers of rows.
 */
final class WeightLayoutBenchmark {
    private static final int VOCABULARY = 51865;

    private WeightLayoutBenchmark() {}

    /** Runs the benchmark. */
    public static void main(String[] arguments) {
        int width = Integer.parseInt(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        int threads = Integer.parseInt(arguments[2]);
        int[] rows =
                Arrays.stream(arguments).skip(3).mapToInt(Integer::parseInt).toArray();
        int[][] shapes = {{VOCABULARY, width}, {width, width}, {4 * width, width}, {width, 4 * width}};
        TorchRuntime runtime = TorchRuntime.start(TestContexts.ofEngine());
        runtime.setThreads(threads);
        Map<String, List<Double>> micros = new LinkedHashMap<>();
        try (PtNDManager manager = (PtNDManager) runtime.engine().newBaseManager();
                TorchProgram program = TorchProgram.load(manager);
                NativeValues values = new NativeValues()) {
            IValue packed = values.own(program.call("pack", values.own(IValue.listFrom(new PtNDArray[0]))));
            IValue like = values.own(IValue.from(manager.create(new Shape(1), DataType.FLOAT32)));
            Map<String, Runnable> products = new LinkedHashMap<>();
            for (int[] shape : shapes) {
                int calls = shape[0] == VOCABULARY ? 8 : 200;
                for (ScalarType type : ScalarType.values()) {
                    IValue code = values.of(type.code());
                    PtNDArray random = random(manager, shape[0], shape[1]);
                    IValue rowMajor = values.own(program.call("convert", values.own(IValue.from(random)), code, like));
                    IValue columnMajor = values.own(program.call("column_major", rowMajor));
                    IValue bias = values.own(
                            program.call("convert", values.own(IValue.from(random(manager, shape[0]))), code, like));
                    for (int count : rows) {
                        IValue x = values.own(program.call(
                                "convert", values.own(IValue.from(random(manager, count, 1, shape[1]))), code, like));
                        for (boolean columns : new boolean[] {false, true}) {
                            IValue layer = values.own(IValue.listFrom(
                                    (columns ? columnMajor : rowMajor).toTensor(manager), bias.toTensor(manager)));
                            IValue index = values.of(0);
                            String name = String.format(
                                    Locale.ROOT,
                                    "%5d x %-5d %8s %2d rows, %s",
                                    shape[0],
                                    shape[1],
                                    type,
                                    count,
                                    columns ? "columns" : "rows");
                            products.put(name, () -> {
                                for (int i = 0; i < calls; i++) {
                                    program.call("linear", x, index, layer, packed)
                                            .close();
                                }
                            });
                            micros.put(name, new ArrayList<>());
                            for (int warm = 0; warm < 2; warm++) {
                                products.get(name).run();
                            }
                        }
                    }
                }
                for (int round = 0; round < rounds; round++) {
                    products.forEach((name, product) -> {
                        long start = System.nanoTime();
                        product.run();
                        micros.get(name).add((System.nanoTime() - start) / 1e3 / calls);
                    });
                }
                products.clear();
            }
        }
        micros.forEach((name, times) -> {
            double[] sorted =
                    times.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            System.out.printf(Locale.ROOT, "%-50s %10.1f us%n", name, sorted[sorted.length / 2]);
        });
    }

    private static PtNDArray random(PtNDManager manager, long... shape) {
        Random random = new Random(1);
        float[] values = new float[(int) new Shape(shape).size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() / 20;
        }
        return (PtNDArray) manager.create(values, new Shape(shape));
    }
}
