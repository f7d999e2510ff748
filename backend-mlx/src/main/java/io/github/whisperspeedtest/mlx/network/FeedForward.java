package io.github.whisperspeedtest.mlx.network;

import io.github.whisperspeedtest.mlx.bindings.MlxArray;
import io.github.whisperspeedtest.mlx.bindings.MlxGraph;

/** The feed-forward part of a block, with its residual. */
record FeedForward(LayerNorm norm, Linear wide, Gelu activation, Linear narrow) {
    static FeedForward load(WeightLoader weights, String block, Gelu activation) {
        return new FeedForward(
                weights.norm(block + "mlp_ln"),
                weights.linear(block + "mlp.0"),
                activation,
                weights.linear(block + "mlp.2"));
    }

    MlxArray apply(MlxGraph graph, MlxArray rows) {
        MlxArray hidden = activation.apply(graph, wide.apply(graph, norm.apply(graph, rows)));
        return graph.add(rows, narrow.apply(graph, hidden));
    }
}
