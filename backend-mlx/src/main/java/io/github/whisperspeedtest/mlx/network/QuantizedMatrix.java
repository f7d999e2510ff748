package io.github.whisperspeedtest.mlx.network;

import io.github.whisperspeedtest.mlx.bindings.MlxArray;
import io.github.whisperspeedtest.mlx.bindings.MlxGraph;

/**
 * Quantised weights {@code [out, in]}.
 *
 * @param codes packed along a row
 * @param scales one for each group, in the type that is computed with
 * @param biases one for each group
 */
record QuantizedMatrix(MlxArray codes, MlxArray scales, MlxArray biases, int groupSize, int bits) {
    /** Multiplies rows with it: {@code […, in]} to {@code […, out]}. */
    MlxArray multiply(MlxGraph graph, MlxArray rows) {
        return graph.quantizedMatmul(rows, codes, scales, biases, groupSize, bits);
    }

    /** Returns some of its rows as numbers: {@code [indices…, in]}. */
    MlxArray rows(MlxGraph graph, MlxArray indices) {
        return graph.dequantize(
                graph.take(codes, indices, 0),
                graph.take(scales, indices, 0),
                graph.take(biases, indices, 0),
                groupSize,
                bits);
    }
}
