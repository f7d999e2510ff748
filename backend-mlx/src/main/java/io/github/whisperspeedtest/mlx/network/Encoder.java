package io.github.whisperspeedtest.mlx.network;

import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.mlx.bindings.MlxArray;
import io.github.whisperspeedtest.mlx.bindings.MlxGraph;
import java.util.List;
import java.util.stream.IntStream;

/** The encoder: two convolutions, and blocks of self-attention and feed-forward. */
final class Encoder {
    private final MlxArray kernels1;
    private final MlxArray bias1;
    private final MlxArray kernels2;
    private final MlxArray bias2;
    private final MlxArray positions;
    private final List<Block> blocks;
    private final LayerNorm norm;
    private final Gelu activation;

    private record Block(Attention attention, FeedForward feedForward) {}

    Encoder(WeightLoader weights, ModelDimensions dimensions, Gelu activation) {
        this.activation = activation;
        kernels1 = weights.kernels("encoder.conv1.weight");
        bias1 = weights.array("encoder.conv1.bias");
        kernels2 = weights.kernels("encoder.conv2.weight");
        bias2 = weights.array("encoder.conv2.bias");
        positions = weights.array("encoder.positional_embedding");
        blocks = IntStream.range(0, dimensions.nAudioLayer())
                .mapToObj(i -> "encoder.blocks." + i + ".")
                .map(block -> new Block(
                        Attention.load(weights, block + "attn", dimensions.nAudioHead(), dimensions.nAudioState()),
                        FeedForward.load(weights, block, activation)))
                .toList();
        norm = weights.norm("encoder.ln_post");
    }

    /**
     * Encodes windows.
     *
     * @param mel log-mel spectrograms {@code [windows, frames, mels]}
     * @return {@code [windows, positions, width]}
     */
    MlxArray apply(MlxGraph graph, MlxArray mel) {
        MlxArray first = activation.apply(graph, graph.add(graph.conv1d(mel, kernels1, 1, 1), bias1));
        MlxArray second = activation.apply(graph, graph.add(graph.conv1d(first, kernels2, 2, 1), bias2));
        int[] placed = {second.size(1), second.size(2)};
        MlxArray rows = graph.add(second, graph.slice(positions, new int[] {0, 0}, placed));
        for (Block block : blocks) {
            rows = block.feedForward.apply(graph, attend(graph, block.attention, rows, mel.size(0)));
        }
        return norm.apply(graph, rows);
    }

    private MlxArray attend(MlxGraph graph, Attention attention, MlxArray rows, int windows) {
        MlxArray normed = attention.norm().apply(graph, rows);
        int length = normed.size(1);
        return attention.attend(
                graph,
                rows,
                attention.queries(graph, normed, windows, length),
                attention.keysAndValues(graph, normed, windows, length),
                false);
    }
}
