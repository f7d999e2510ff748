package io.github.whisperspeedtest.onnx.graph;

import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes linear layers into a graph in one form of weights and arithmetic. */
public interface LinearLayers {
    /**
     * One linear layer.
     *
     * @param name what its node is called
     * @param weight {@code [out, in]}, as checkpoints have it
     * @param bias {@code [out]}, or null for none
     */
    record Layer(String name, Tensor weight, @Nullable Tensor bias) {}

    /**
     * Applies several layers to one input.
     *
     * @param input name of a value {@code [rows, in]}, or {@code [sequences, tokens, in]} in the decoder
     * @return a value {@code […, out]} for each layer
     */
    List<String> apply(GraphBuilder graph, String input, List<Layer> layers);

    /** Applies one layer. */
    default String apply(GraphBuilder graph, String input, Layer layer) {
        return apply(graph, input, List.of(layer)).get(0);
    }

    /**
     * Applies several layers to one input and joins what they give.
     *
     * @param name what the result is called
     * @return a value {@code […, sum of outs]}
     */
    String joined(GraphBuilder graph, String name, String input, List<Layer> layers);

    /** Returns whether a weight's groups of small numbers stay as they are. */
    default boolean keeps(Tensor weight) {
        return false;
    }
}
