package io.github.whisperspeedtest.mlx.network;

import io.github.whisperspeedtest.mlx.bindings.MlxArray;
import io.github.whisperspeedtest.mlx.bindings.MlxGraph;
import org.jspecify.annotations.Nullable;

/** A linear layer. */
interface Linear {
    /** Applies it to rows: {@code […, in]} to {@code […, out]}. */
    MlxArray apply(MlxGraph graph, MlxArray rows);

    /**
     * A layer of floating-point weights.
     *
     * @param weight {@code [in, out]}
     * @param bias {@code [out]}, null for none
     */
    record Plain(MlxArray weight, @Nullable MlxArray bias) implements Linear {
        @Override
        public MlxArray apply(MlxGraph graph, MlxArray rows) {
            return bias == null ? graph.matmul(rows, weight) : graph.addmm(bias, rows, weight);
        }
    }

    /**
     * A layer of quantised weights.
     *
     * @param bias {@code [out]}, null for none
     */
    record Quantized(QuantizedMatrix weight, @Nullable MlxArray bias) implements Linear {
        @Override
        public MlxArray apply(MlxGraph graph, MlxArray rows) {
            MlxArray product = weight.multiply(graph, rows);
            return bias == null ? product : graph.add(product, bias);
        }
    }
}
