package io.github.whisperspeedtest.mlx.network;

import io.github.whisperspeedtest.mlx.bindings.MlxArray;
import io.github.whisperspeedtest.mlx.bindings.MlxGraph;

/** The token embedding, which also computes the logits. */
interface TokenEmbedding {
    /** Returns the rows of tokens: {@code [sequences, tokens]} to {@code [sequences, tokens, width]}. */
    MlxArray rows(MlxGraph graph, MlxArray tokens);

    /** Returns logits: {@code […, width]} to {@code […, vocabulary]}. */
    MlxArray logits(MlxGraph graph, MlxArray rows);

    /**
     * An embedding of floating-point weights.
     *
     * @param weight {@code [vocabulary, width]}
     * @param transposed the same memory as {@code [width, vocabulary]}
     */
    record Plain(MlxArray weight, MlxArray transposed) implements TokenEmbedding {
        @Override
        public MlxArray rows(MlxGraph graph, MlxArray tokens) {
            return graph.take(weight, tokens, 0);
        }

        @Override
        public MlxArray logits(MlxGraph graph, MlxArray rows) {
            return graph.matmul(rows, transposed);
        }
    }

    /** An embedding of quantised weights. */
    record Quantized(QuantizedMatrix weight) implements TokenEmbedding {
        @Override
        public MlxArray rows(MlxGraph graph, MlxArray tokens) {
            return weight.rows(graph, tokens);
        }

        @Override
        public MlxArray logits(MlxGraph graph, MlxArray rows) {
            return weight.multiply(graph, rows);
        }
    }
}
