package io.github.whisperspeedtest.mlx.network;

import io.github.whisperspeedtest.mlx.bindings.MlxArray;
import io.github.whisperspeedtest.mlx.bindings.MlxDevice;
import io.github.whisperspeedtest.mlx.bindings.MlxFunction;
import io.github.whisperspeedtest.mlx.bindings.MlxGraph;
import io.github.whisperspeedtest.mlx.bindings.MlxRuntime;
import org.jspecify.annotations.Nullable;

/**
 * The activation of the feed-forward layers and the convolutions.
 *
 * <p>Source: {@code gelu} in mlx/nn/layers/activations.py of ml-explore/mlx.
 */
final class Gelu implements AutoCloseable {
    private final MlxArray squareRootOfHalf;
    private final MlxArray half;
    private final MlxArray one;
    private final @Nullable MlxFunction compiled;

    private Gelu(MlxRuntime runtime, WeightLoader weights, @Nullable MlxDevice compiledFor) {
        squareRootOfHalf = weights.number((float) Math.sqrt(0.5));
        half = weights.number(0.5f);
        one = weights.number(1);
        compiled = compiledFor == null ? null : runtime.compile(compiledFor, this::compute);
    }

    /** Makes it of one operation after the other. */
    static Gelu plain(MlxRuntime runtime, WeightLoader weights) {
        return new Gelu(runtime, weights, null);
    }

    /** Has MLX make one kernel of it. */
    static Gelu compiled(MlxRuntime runtime, WeightLoader weights, MlxDevice device) {
        return new Gelu(runtime, weights, device);
    }

    MlxArray apply(MlxGraph graph, MlxArray array) {
        return compiled == null ? compute(graph, array) : graph.apply(compiled, array);
    }

    private MlxArray compute(MlxGraph graph, MlxArray array) {
        MlxArray share = graph.add(graph.erf(graph.multiply(array, squareRootOfHalf)), one);
        return graph.multiply(graph.multiply(array, half), share);
    }

    @Override
    public void close() {
        if (compiled != null) {
            compiled.close();
        }
    }
}
