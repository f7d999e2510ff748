package io.github.whisperspeedtest.mlx.network;

import io.github.whisperspeedtest.mlx.bindings.MlxArray;
import io.github.whisperspeedtest.mlx.bindings.MlxGraph;
import io.github.whisperspeedtest.mlx.bindings.MlxType;
import io.github.whisperspeedtest.mlx.network.Attention.KeysAndValues;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Self-attention keys and values of the decoder, with spare room, so that a step writes only its own rows.
 *
 * <p>An array of {@code [sequences, heads, room, headWidth]} for each layer's keys and one for its values.
 */
final class KeyValueCache implements AutoCloseable {
    /** Growth in positions. */
    private static final int STEP = 64;

    private final MlxType type;
    private final List<@Nullable KeysAndValues> layers = new ArrayList<>();
    private int length;

    KeyValueCache(MlxType type, int layerCount) {
        this.type = type;
        for (int i = 0; i < layerCount; i++) {
            layers.add(null);
        }
    }

    /** Returns the number of filled positions. */
    int length() {
        return length;
    }

    /**
     * Adds rows to a layer, behind the filled positions, which {@link #advance} does not count yet.
     *
     * @return all that the layer has now
     */
    KeysAndValues append(MlxGraph graph, int layer, KeysAndValues added) {
        KeysAndValues old = layers.get(layer);
        MlxArray keys = update(graph, old == null ? null : old.keys(), added.keys());
        MlxArray values = update(graph, old == null ? null : old.values(), added.values());
        layers.set(layer, new KeysAndValues(graph.keep(keys), graph.keep(values)));
        int filled = length + added.keys().size(2);
        return new KeysAndValues(filled(graph, keys, filled), filled(graph, values, filled));
    }

    private MlxArray update(MlxGraph graph, @Nullable MlxArray old, MlxArray added) {
        int filled = length + added.size(2);
        MlxArray room = old == null
                ? graph.zeros(type, added.size(0), added.size(1), rounded(filled), added.size(3))
                // Arrays are updated in place only if nothing else references them at evaluation.
                : graph.adopt(old);
        if (room.size(2) < filled) {
            MlxArray more =
                    graph.zeros(type, added.size(0), added.size(1), rounded(filled) - room.size(2), added.size(3));
            room = graph.concatenate(List.of(room, more), 2);
        }
        int[] start = {0, 0, length, 0};
        int[] stop = {added.size(0), added.size(1), filled, added.size(3)};
        return graph.sliceUpdate(room, added, start, stop);
    }

    private static MlxArray filled(MlxGraph graph, MlxArray room, int filled) {
        return graph.slice(room, new int[4], new int[] {room.size(0), room.size(1), filled, room.size(3)});
    }

    private static int rounded(int positions) {
        return (positions + STEP - 1) / STEP * STEP;
    }

    /** Counts positions that were appended to every layer. */
    void advance(int count) {
        length += count;
    }

    /** Returns all arrays, to be computed with what is wanted of a step. */
    List<MlxArray> arrays() {
        List<MlxArray> arrays = new ArrayList<>();
        for (KeysAndValues layer : layers) {
            if (layer != null) {
                arrays.addAll(layer.arrays());
            }
        }
        return arrays;
    }

    /** Replaces the sequences by some of them. */
    void select(MlxGraph graph, MlxArray parents) {
        for (int i = 0; i < layers.size(); i++) {
            KeysAndValues layer = layers.get(i);
            if (layer != null) {
                MlxArray keys = graph.take(graph.adopt(layer.keys()), parents, 0);
                MlxArray values = graph.take(graph.adopt(layer.values()), parents, 0);
                layers.set(i, new KeysAndValues(graph.keep(keys), graph.keep(values)));
            }
        }
        graph.eval(arrays());
    }

    @Override
    public void close() {
        arrays().forEach(MlxArray::close);
        layers.replaceAll(layer -> null);
    }
}
