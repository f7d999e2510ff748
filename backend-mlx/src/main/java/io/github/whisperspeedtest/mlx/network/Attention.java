package io.github.whisperspeedtest.mlx.network;

import io.github.whisperspeedtest.mlx.bindings.MlxArray;
import io.github.whisperspeedtest.mlx.bindings.MlxGraph;
import java.util.List;

/**
 * One attention of a block, with its residual.
 *
 * @param heads number of heads
 * @param headWidth elements of one head in a row
 */
record Attention(LayerNorm norm, Linear query, Linear key, Linear value, Linear out, int heads, int headWidth) {
    static Attention load(WeightLoader weights, String name, int heads, int width) {
        return new Attention(
                weights.norm(name + "_ln"),
                weights.linear(name + ".query"),
                weights.linear(name + ".key"),
                weights.linear(name + ".value"),
                weights.linear(name + ".out"),
                heads,
                width / heads);
    }

    /** Keys and values, {@code [batch, heads, positions, headWidth]} each. */
    record KeysAndValues(MlxArray keys, MlxArray values) {
        List<MlxArray> arrays() {
            return List.of(keys, values);
        }

        void close() {
            arrays().forEach(MlxArray::close);
        }
    }

    /** Projects rows {@code [batch, positions, width]} to what is attended to. */
    KeysAndValues keysAndValues(MlxGraph graph, MlxArray rows, int batch, int positions) {
        return new KeysAndValues(
                graph.splitHeads(key.apply(graph, rows), batch, positions, heads, headWidth),
                graph.splitHeads(value.apply(graph, rows), batch, positions, heads, headWidth));
    }

    /** Projects rows to what attends: {@code [batch, heads, positions, headWidth]}. */
    MlxArray queries(MlxGraph graph, MlxArray rows, int batch, int positions) {
        return graph.splitHeads(query.apply(graph, rows), batch, positions, heads, headWidth);
    }

    /**
     * Attends and adds the residual.
     *
     * @param residual {@code [sequences, positions, width]}
     * @param causal whether positions see only what is before them
     */
    MlxArray attend(MlxGraph graph, MlxArray residual, MlxArray queries, KeysAndValues attended, boolean causal) {
        MlxArray joined =
                graph.attention(queries, attended.keys, attended.values, (float) (1 / Math.sqrt(headWidth)), causal);
        MlxArray rows = graph.joinHeads(joined, residual.size(0), residual.size(1), heads * headWidth);
        return graph.add(residual, out.apply(graph, rows));
    }
}
