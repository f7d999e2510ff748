package io.github.whisperspeedtest.torch;

import ai.djl.pytorch.jni.IValue;
import io.github.whisperspeedtest.testkit.TestContexts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * Measures the products of a decoder's step, of some rows with a weight matrix, for both layouts of the weights and for several types.
 *
 * <p>Arguments: the width of the model, the rounds, the threads, and the numbers of rows.
 */
final class WeightLayoutBenchmark {
    private static final int VOCABULARY = 51865;
    private static final int WARM_UP = 2;

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
        for (int[] shape : shapes) {
            int calls = shape[0] == VOCABULARY ? 8 : 200;
            List<RandomProducts> open = new ArrayList<>();
            Map<String, DoubleSupplier> products = new LinkedHashMap<>();
            for (ScalarType type : ScalarType.values()) {
                RandomProducts ofType = new RandomProducts(runtime, type, shape[0], shape[1]);
                open.add(ofType);
                for (int count : rows) {
                    IValue x = ofType.rows(count);
                    for (WeightLayout layout : WeightLayout.values()) {
                        String name = String.format(
                                Locale.ROOT, "%5d x %-5d %8s %2d rows, by %s", shape[0], shape[1], type, count, layout);
                        products.put(name, () -> ofType.millis(layout, x, calls));
                    }
                }
            }
            for (int round = -WARM_UP; round < rounds; round++) {
                for (Map.Entry<String, DoubleSupplier> product : products.entrySet()) {
                    double millis = product.getValue().getAsDouble();
                    if (round >= 0) {
                        micros.computeIfAbsent(product.getKey(), key -> new ArrayList<>())
                                .add(1e3 * millis);
                    }
                }
            }
            open.forEach(RandomProducts::close);
        }
        micros.forEach((name, times) -> {
            double[] sorted =
                    times.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            System.out.printf(Locale.ROOT, "%-50s %10.1f us%n", name, sorted[sorted.length / 2]);
        });
    }
}
