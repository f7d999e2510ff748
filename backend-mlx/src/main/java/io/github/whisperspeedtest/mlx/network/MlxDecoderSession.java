package io.github.whisperspeedtest.mlx.network;

import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.mlx.bindings.MlxArray;
import io.github.whisperspeedtest.mlx.bindings.MlxGraph;
import io.github.whisperspeedtest.mlx.network.Attention.KeysAndValues;
import io.github.whisperspeedtest.network.DecoderSession;
import io.github.whisperspeedtest.network.SelectedWindows;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The decoder session, with the caches of the sequences decoded so far. */
final class MlxDecoderSession implements DecoderSession {
    private final MlxNetwork network;
    private final MlxEncoderOutput encoded;
    private final ModelDimensions dimensions;
    private final KeyValueCache cache;
    private int windows;
    private int sequences;

    /** The windows that the sequences attend to: the encoder output itself, or a copy of the remaining windows. */
    private List<KeysAndValues> cross;

    private boolean ownsCross;
    private boolean closed;

    /**
     * Begins with one sequence for each window.
     *
     * @param cross stays open
     */
    MlxDecoderSession(MlxNetwork network, MlxEncoderOutput encoded, List<KeysAndValues> cross, int windows) {
        network.checkOpen();
        this.network = network;
        this.encoded = encoded;
        this.cross = cross;
        this.windows = windows;
        sequences = windows;
        dimensions = network.dimensions();
        cache = new KeyValueCache(network.options().precision().type(), dimensions.nTextLayer());
    }

    @Override
    public int sequences() {
        return sequences;
    }

    @Override
    public int length() {
        return cache.length();
    }

    @Override
    public void append(int[][] tokens, int[] positions, float[][] logits) {
        checkFits(tokens);
        change(() -> {
            try (MlxGraph graph = network.graph()) {
                MlxArray rows = network.decoder().apply(graph, graph.indices(tokens), cache, cross, null);
                if (positions.length < tokens[0].length) {
                    rows = graph.take(rows, indices(graph, positions), 1);
                }
                graph.read(network.decoder().logits(graph, rows), logits, cache.arrays());
                cache.advance(tokens[0].length);
            }
        });
    }

    /** Runs a change of the caches. If it fails halfway, the caches are inconsistent, so the session ends. */
    private void change(Runnable task) {
        try {
            network.runtime().run(task);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private static MlxArray indices(MlxGraph graph, int[] values) {
        return graph.reshape(graph.indices(new int[][] {values}), values.length);
    }

    /** Returns the cross-attention scores of the first append to a single sequence: {@code [head][token][position]}. */
    float[][][] crossAttention(int[] tokens, List<AttentionHead> heads) {
        checkFits(new int[][] {tokens});
        return network.runtime().call(() -> {
            Map<Integer, MlxArray> scoresOfLayer = new HashMap<>();
            try (MlxGraph graph = network.graph()) {
                network.decoder()
                        .apply(graph, graph.indices(new int[][] {tokens}), cache, cross, (g, layer, queries, keys) -> {
                            if (heads.stream().anyMatch(head -> head.layer() == layer)) {
                                scoresOfLayer.put(layer, g.keep(g.matmul(queries, g.transpose(keys, 0, 1, 3, 2))));
                            }
                        });
                graph.eval(Stream.concat(scoresOfLayer.values().stream(), cache.arrays().stream())
                        .toList());
                float[][][] result = new float[heads.size()][][];
                for (int i = 0; i < result.length; i++) {
                    AttentionHead head = heads.get(i);
                    result[i] = scores(graph, scoresOfLayer.get(head.layer()), head.head(), tokens.length);
                }
                return result;
            } finally {
                scoresOfLayer.values().forEach(MlxArray::close);
            }
        });
    }

    private float[][] scores(MlxGraph graph, MlxArray layer, int head, int tokens) {
        int positions = layer.size(3);
        float[][] scores = new float[tokens][positions];
        int[] start = {0, head, 0, 0};
        int[] stop = {1, head + 1, tokens, positions};
        graph.read(graph.slice(layer, start, stop), scores, List.of());
        float scale = (float) (1 / Math.sqrt((double) dimensions.nTextState() / dimensions.nTextHead()));
        for (float[] row : scores) {
            for (int i = 0; i < positions; i++) {
                row[i] *= scale;
            }
        }
        return scores;
    }

    private void checkFits(int[][] tokens) {
        checkOpen();
        int count = tokens[0].length;
        if (tokens.length != sequences || count < 1 || length() + count > dimensions.nTextCtx()) {
            throw new IllegalArgumentException(tokens.length + " sequences of " + count + " more tokens do not match "
                    + sequences + " sequences of " + length() + "; the decoder has " + dimensions.nTextCtx()
                    + " positions");
        }
    }

    @Override
    public void select(int[] parents) {
        checkOpen();
        int[] kept = SelectedWindows.of(parents, sequences / windows);
        change(() -> {
            try (MlxGraph graph = network.graph()) {
                cache.select(graph, indices(graph, parents));
            }
            if (kept.length != windows) {
                selectWindows(kept);
            }
        });
        sequences = parents.length;
    }

    private void selectWindows(int[] kept) {
        try (MlxGraph graph = network.graph()) {
            MlxArray indices = indices(graph, kept);
            List<KeysAndValues> selected = cross.stream()
                    .map(layer -> new KeysAndValues(
                            graph.take(layer.keys(), indices, 0), graph.take(layer.values(), indices, 0)))
                    .toList();
            List<MlxArray> arrays =
                    selected.stream().flatMap(layer -> layer.arrays().stream()).toList();
            graph.eval(arrays);
            arrays.forEach(graph::keep);
            closeCross();
            cross = selected;
            ownsCross = true;
            windows = kept.length;
        }
    }

    private void checkOpen() {
        network.checkOpen();
        if (closed) {
            throw new IllegalStateException("This decoder session is closed; start a new one.");
        }
        if (!ownsCross) {
            encoded.checkOpen();
        }
    }

    private void closeCross() {
        if (ownsCross) {
            cross.forEach(KeysAndValues::close);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            network.runtime().run(() -> {
                closeCross();
                cache.close();
            });
        }
    }
}
