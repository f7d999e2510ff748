package io.github.whisperspeedtest.mlx.bindings;

import io.github.whisperspeedtest.testkit.TestContexts;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures single MLX calls: the smallest call, which is pure binding overhead; operations that are never evaluated;
 * and a round trip to MLX's thread.
 *
 * <p>Arguments: rounds, and calls in a round.
 */
final class MlxCallBenchmark {
    private MlxCallBenchmark() {}

    /** Runs the benchmark. */
    public static void main(String[] arguments) {
        int rounds = Integer.parseInt(arguments[0]);
        int calls = Integer.parseInt(arguments[1]);
        MlxRuntime runtime = MlxRuntime.start(TestContexts.ofEngine());
        Map<String, double[]> figures = new LinkedHashMap<>();
        for (int round = -1; round < rounds; round++) {
            put(figures, "mlx_array_dim, through JNA", rounds, round, runtime.call(() -> sizes(runtime, calls)));
            put(figures, "mlx_add, its array freed", rounds, round, runtime.call(() -> sums(runtime, calls)));
            put(figures, "mlx_reshape, its array freed", rounds, round, runtime.call(() -> shapes(runtime, calls)));
            put(figures, "to MLX's thread and back", rounds, round, handovers(runtime, calls / 10));
        }
        System.out.println("MLX " + runtime.version() + ", microseconds a call, median and least of " + rounds
                + " rounds of " + calls);
        figures.forEach((name, values) -> {
            Arrays.sort(values);
            System.out.printf("  %-32s %8.3f %8.3f%n", name, values[values.length / 2], values[0]);
        });
    }

    private static void put(Map<String, double[]> figures, String name, int rounds, int round, double figure) {
        if (round >= 0) {
            figures.computeIfAbsent(name, key -> new double[rounds])[round] = figure;
        }
    }

    private static double sizes(MlxRuntime runtime, int calls) {
        try (MlxGraph graph = runtime.graph(MlxDevice.CPU)) {
            MlxArray array = graph.zeros(MlxType.FLOAT32, 2, 3);
            long start = System.nanoTime();
            int sum = 0;
            for (int i = 0; i < calls; i++) {
                sum += array.size(1);
            }
            double time = microseconds(start, calls);
            if (sum != 3 * calls) {
                throw new IllegalStateException("The sizes add up to " + sum);
            }
            return time;
        }
    }

    private static double sums(MlxRuntime runtime, int calls) {
        try (MlxGraph graph = runtime.graph(MlxDevice.CPU)) {
            MlxArray array = graph.zeros(MlxType.FLOAT32, 2, 3);
            graph.eval(List.of(array));
            long start = System.nanoTime();
            for (int i = 0; i < calls; i++) {
                graph.keep(graph.add(array, array)).close();
            }
            return microseconds(start, calls);
        }
    }

    private static double shapes(MlxRuntime runtime, int calls) {
        try (MlxGraph graph = runtime.graph(MlxDevice.CPU)) {
            MlxArray array = graph.zeros(MlxType.FLOAT32, 2, 3);
            graph.eval(List.of(array));
            long start = System.nanoTime();
            for (int i = 0; i < calls; i++) {
                graph.keep(graph.reshape(array, 3, 2)).close();
            }
            return microseconds(start, calls);
        }
    }

    private static double handovers(MlxRuntime runtime, int calls) {
        long start = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            runtime.call(() -> 1);
        }
        return microseconds(start, calls);
    }

    private static double microseconds(long start, int calls) {
        return (System.nanoTime() - start) / 1e3 / calls;
    }
}
