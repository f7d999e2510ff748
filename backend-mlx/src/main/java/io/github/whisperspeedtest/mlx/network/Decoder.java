package io.github.whisperspeedtest.mlx.network;

import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.mlx.bindings.MlxArray;
import io.github.whisperspeedtest.mlx.bindings.MlxGraph;
import io.github.whisperspeedtest.mlx.network.Attention.KeysAndValues;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The decoder: embeddings, and blocks of self-attention, cross-attention and feed-forward. */
final class Decoder {
    private final ModelDimensions dimensions;
    private final TokenEmbedding tokens;
    private final MlxArray positions;
    private final List<Block> blocks;
    private final LayerNorm norm;

    private record Block(Attention self, Attention cross, FeedForward feedForward) {}

    /** Is shown what a layer of the cross-attention multiplies. */
    interface CrossAttentionListener {
        /**
         * Called for every layer.
         *
         * @param queries {@code [windows, heads, rows, headWidth]}
         * @param keys {@code [windows, heads, positions, headWidth]}
         */
        void attends(MlxGraph graph, int layer, MlxArray queries, MlxArray keys);
    }

    Decoder(WeightLoader weights, ModelDimensions dimensions, Gelu activation) {
        this.dimensions = dimensions;
        tokens = weights.embedding("decoder.token_embedding.weight");
        positions = weights.array("decoder.positional_embedding");
        int heads = dimensions.nTextHead();
        int width = dimensions.nTextState();
        blocks = IntStream.range(0, dimensions.nTextLayer())
                .mapToObj(i -> "decoder.blocks." + i + ".")
                .map(block -> new Block(
                        Attention.load(weights, block + "attn", heads, width),
                        Attention.load(weights, block + "cross_attn", heads, width),
                        FeedForward.load(weights, block, activation)))
                .toList();
        norm = weights.norm("decoder.ln");
    }

    /**
     * Computes what every layer's cross-attention attends to.
     *
     * @param audio {@code [windows, positions, width]}
     */
    List<KeysAndValues> crossKeysAndValues(MlxGraph graph, MlxArray audio) {
        return blocks.stream()
                .map(block -> block.cross.keysAndValues(graph, audio, audio.size(0), audio.size(1)))
                // Each step reads them whole, and in this order.
                .map(attended ->
                        new KeysAndValues(graph.contiguous(attended.keys()), graph.contiguous(attended.values())))
                .toList();
    }

    /**
     * Reads more tokens of each sequence.
     *
     * @param ids {@code [sequences, tokens]}
     * @param cache holds what was read before, and what is read now afterwards, which is to be counted once it has been computed
     * @param cross for each layer what is attended to, of as many windows as divide the sequences
     * @return {@code [sequences, tokens, width]}
     */
    MlxArray apply(
            MlxGraph graph,
            MlxArray ids,
            KeyValueCache cache,
            List<KeysAndValues> cross,
            @Nullable CrossAttentionListener listener) {
        int sequences = ids.size(0);
        int count = ids.size(1);
        int from = cache.length();
        MlxArray placed =
                graph.slice(positions, new int[] {from, 0}, new int[] {from + count, dimensions.nTextState()});
        MlxArray rows = graph.add(tokens.rows(graph, ids), placed);
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            MlxArray normed = block.self.norm().apply(graph, rows);
            KeysAndValues own = cache.append(graph, i, block.self.keysAndValues(graph, normed, sequences, count));
            MlxArray queries = block.self.queries(graph, normed, sequences, count);
            rows = block.self.attend(graph, rows, queries, own, count > 1);
            rows = attendToAudio(graph, i, rows, cross.get(i), listener);
            rows = block.feedForward.apply(graph, rows);
        }
        return rows;
    }

    /** Lets the sequences of a window stand as further rows of one product, so that nothing is repeated for them. */
    private MlxArray attendToAudio(
            MlxGraph graph, int layer, MlxArray rows, KeysAndValues audio, @Nullable CrossAttentionListener listener) {
        Attention attention = blocks.get(layer).cross;
        int windows = audio.keys().size(0);
        int rowsOfWindow = rows.size(0) / windows * rows.size(1);
        MlxArray normed = attention.norm().apply(graph, rows);
        MlxArray queries = attention.queries(graph, normed, windows, rowsOfWindow);
        if (listener != null) {
            listener.attends(graph, layer, queries, audio.keys());
        }
        return attention.attend(graph, rows, queries, audio, false);
    }

    /** Returns the logits of what follows rows: {@code […, width]} to {@code […, vocabulary]}. */
    MlxArray logits(MlxGraph graph, MlxArray rows) {
        return tokens.logits(graph, norm.apply(graph, rows));
    }
}
