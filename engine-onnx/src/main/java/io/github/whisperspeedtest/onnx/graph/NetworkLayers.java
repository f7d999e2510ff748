package io.github.whisperspeedtest.onnx.graph;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import java.util.List;
import java.util.Objects;

/** Shared layers of the encoder and decoder graphs, built from a checkpoint's weights and the runtime's fused nodes. */
class NetworkLayers {
    /** Epsilon of PyTorch's LayerNorm, which Whisper uses. */
    private static final float EPSILON = 1e-5f;

    final GraphBuilder graph;
    final TensorProto.DataType type;

    private final Checkpoint checkpoint;
    private final LinearLayers linear;

    NetworkLayers(GraphBuilder graph, Checkpoint checkpoint, LinearLayers linear, TensorProto.DataType type) {
        this.graph = graph;
        this.type = type;
        this.checkpoint = checkpoint;
        this.linear = linear;
    }

    Tensor tensor(String name) {
        return Objects.requireNonNull(checkpoint.tensors().get(name), name);
    }

    String weight(String name) {
        return WeightBuffers.floating(graph, name, tensor(name), type);
    }

    LinearLayers.Layer layer(String name) {
        return new LinearLayers.Layer(
                name, tensor(name + ".weight"), checkpoint.tensors().get(name + ".bias"));
    }

    String linear(String name, String input) {
        return linear.apply(graph, input, layer(name));
    }

    List<String> linears(List<String> names, String input) {
        return linear.apply(graph, input, names.stream().map(this::layer).toList());
    }

    /** Applies the query, key and value projections of an attention and joins the three. */
    String queryKeyValue(String attention, String input) {
        return linear.joined(
                graph,
                attention + ".query_key_value",
                input,
                List.of(layer(attention + ".query"), layer(attention + ".key"), layer(attention + ".value")));
    }

    String norm(String name, String input) {
        return graph.node(
                "LayerNormalization",
                name,
                List.of(input, weight(name + ".weight"), weight(name + ".bias")),
                GraphBuilder.attribute("axis", -1),
                GraphBuilder.attribute("epsilon", EPSILON));
    }

    /**
     * Adds a residual and normalises the sum, in one node.
     *
     * @param residual name of the sum, which goes on to the next residual
     * @return the normalised sum
     */
    String addAndNorm(String name, String residual, String left, String right) {
        return graph.contrib(
                        "SkipLayerNormalization",
                        name,
                        List.of(left, right, weight(name + ".weight"), weight(name + ".bias")),
                        List.of(name, "", "", residual),
                        GraphBuilder.attribute("epsilon", EPSILON))
                .get(0);
    }

    String gelu(String name, String input) {
        return graph.contrib("Gelu", name, List.of(input));
    }

    /**
     * Lets every position of the encoder attend to all of its window.
     *
     * @param projections queries, keys and values: {@code [windows * positions, width]} each
     * @param shape name of a value with the shape of the result
     * @return {@code [windows, positions, width]}
     */
    String attention(String name, List<String> projections, ModelDimensions dimensions, String shape) {
        List<String> sequences = projections.stream()
                .map(rows -> graph.node("Reshape", rows + ".windows", List.of(rows, shape)))
                .toList();
        return graph.contrib(
                "MultiHeadAttention", name, sequences, GraphBuilder.attribute("num_heads", dimensions.nAudioHead()));
    }
}
