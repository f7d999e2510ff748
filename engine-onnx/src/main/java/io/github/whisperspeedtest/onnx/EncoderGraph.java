package io.github.whisperspeedtest.onnx;

import static io.github.whisperspeedtest.onnx.GraphBuilder.attribute;
import static io.github.whisperspeedtest.onnx.GraphBuilder.vector;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import java.util.List;

/**
 * The encoder for the CPU provider, with the runtime's fused nodes, for any number of windows at once.
 *
 * <p>Input {@code mel}: {@code [windows, mels, frames]}. For each decoder layer there are two outputs, the keys and values of its
 * cross-attention: {@code keys.N} {@code [windows, heads, 64, positions]}, transposed and scaled as the decoder multiplies them, and {@code
 * values.N} {@code [windows, heads, positions, 64]}.
 */
final class EncoderGraph {
    static final String MEL = "mel";

    private final ModelDimensions dimensions;
    private final GraphBuilder graph = new GraphBuilder("whisper-encoder");
    private final NetworkLayers layers;

    private EncoderGraph(Checkpoint checkpoint, LinearLayers linear) {
        dimensions = checkpoint.dimensions();
        layers = new NetworkLayers(graph, checkpoint, linear);
    }

    static GraphBuilder build(Checkpoint checkpoint, LinearLayers linear) {
        return new EncoderGraph(checkpoint, linear).build();
    }

    static String keys(int layer) {
        return "keys." + layer;
    }

    static String values(int layer) {
        return "values." + layer;
    }

    private GraphBuilder build() {
        int width = dimensions.nAudioState();
        graph.constant("rows", -1, width);
        graph.constant("windows", -1, dimensions.nAudioCtx(), width);
        String x = stem();
        String normed = layers.norm("encoder.blocks.0.attn_ln", x);
        for (int i = 0; i < dimensions.nAudioLayer(); i++) {
            String block = "encoder.blocks." + i;
            String attended = attention(block + ".attn", normed);
            String residual = block + ".attn.residual";
            normed = layers.addAndNorm(block + ".mlp_ln", residual, x, attended);
            String hidden = layers.gelu(block + ".mlp.1", layers.linear(block + ".mlp.0", normed));
            String fed = layers.linear(block + ".mlp.2", hidden);
            x = block + ".mlp.residual";
            String next =
                    i + 1 < dimensions.nAudioLayer() ? "encoder.blocks." + (i + 1) + ".attn_ln" : "encoder.ln_post";
            normed = layers.addAndNorm(next, x, residual, fed);
        }
        crossKeysAndValues(normed);
        return graph;
    }

    /** Returns the rows of all windows: two convolutions, the second of which halves the frames, and the positions. */
    private String stem() {
        graph.input(MEL, TensorProto.DataType.FLOAT, "windows", dimensions.nMels(), 2L * dimensions.nAudioCtx());
        String first = layers.gelu("encoder.gelu1", convolution("encoder.conv1", MEL, 1));
        String second = layers.gelu("encoder.gelu2", convolution("encoder.conv2", first, 2));
        String frames = graph.node("Transpose", "encoder.frames", List.of(second), vector("perm", 0, 2, 1));
        String placed =
                graph.node("Add", "encoder.positions", List.of(frames, layers.weight("encoder.positional_embedding")));
        return graph.node("Reshape", "encoder.rows", List.of(placed, "rows"));
    }

    private String convolution(String name, String input, long stride) {
        return graph.node(
                "Conv",
                name,
                List.of(input, layers.weight(name + ".weight"), layers.weight(name + ".bias")),
                vector("kernel_shape", 3),
                vector("strides", stride),
                vector("pads", 1, 1));
    }

    private String attention(String name, String input) {
        List<String> projections = layers.linears(List.of(name + ".query", name + ".key", name + ".value"), input);
        List<String> sequences = projections.stream()
                .map(rows -> graph.node("Reshape", rows + ".windows", List.of(rows, "windows")))
                .toList();
        String attended =
                graph.contrib("MultiHeadAttention", name, sequences, attribute("num_heads", dimensions.nAudioHead()));
        String rows = graph.node("Reshape", name + ".rows", List.of(attended, "rows"));
        return layers.linear(name + ".out", rows);
    }

    private void crossKeysAndValues(String audio) {
        int heads = dimensions.nTextHead();
        int headWidth = dimensions.nTextState() / heads;
        graph.constant("cross_heads", -1, dimensions.nAudioCtx(), heads, headWidth);
        graph.scalar("cross_scale", (float) (1 / Math.sqrt(headWidth)));
        for (int i = 0; i < dimensions.nTextLayer(); i++) {
            String attention = "decoder.blocks." + i + ".cross_attn";
            List<String> projections = layers.linears(List.of(attention + ".key", attention + ".value"), audio);
            String keys = graph.node("Reshape", attention + ".key.heads", List.of(projections.get(0), "cross_heads"));
            String transposed =
                    graph.node("Transpose", attention + ".key.transposed", List.of(keys), vector("perm", 0, 2, 3, 1));
            graph.node("Mul", keys(i), List.of(transposed, "cross_scale"));
            graph.output(keys(i), TensorProto.DataType.FLOAT, "windows", heads, headWidth, dimensions.nAudioCtx());
            String values =
                    graph.node("Reshape", attention + ".value.heads", List.of(projections.get(1), "cross_heads"));
            graph.node("Transpose", values(i), List.of(values), vector("perm", 0, 2, 1, 3));
            graph.output(values(i), TensorProto.DataType.FLOAT, "windows", heads, dimensions.nAudioCtx(), headWidth);
        }
    }
}
