package io.github.whisperspeedtest.mlx.network;

import io.github.whisperspeedtest.mlx.bindings.MlxArray;
import io.github.whisperspeedtest.mlx.bindings.MlxGraph;

/** A normalisation of rows. */
record LayerNorm(MlxArray weight, MlxArray bias) {
    /** Epsilon of PyTorch's LayerNorm, which Whisper leaves as it is. */
    private static final float EPSILON = 1e-5f;

    MlxArray apply(MlxGraph graph, MlxArray rows) {
        return graph.layerNorm(rows, weight, bias, EPSILON);
    }
}
