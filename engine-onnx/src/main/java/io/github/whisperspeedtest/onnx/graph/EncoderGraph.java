package io.github.whisperspeedtest.onnx.graph;

import static io.github.whisperspeedtest.onnx.graph.GraphBuilder.attribute;
import static io.github.whisperspeedtest.onnx.graph.GraphBuilder.vector;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import java.util.List;

/**
 * The encoder: two convolutions, the blocks of self-attention and feed-forward, and the keys and values for the
 * decoder's cross-attention.
 *
 * <p>Input {@code mel}: {@code [windows, mels, frames]}. For each decoder layer there are two outputs, the keys and
 * values of its cross-attention: {@code keys.N} {@code [windows, heads, 64, positions]}, transposed and scaled as the
 * decoder multiplies them, and {@code values.N} {@code [windows, heads, positions, 64]}. There is a position for every
 * two frames. With {@link CrossAttentionType#INT8} there are four more: {@code key_bytes.N} and {@code value_bytes.N}
 * {@code [windows, heads, positions, 64]}, and the scales of their channels, {@code key_scales.N} and {@code value_scales.N}
 * {@code [windows, 1, width]}.
 */
public final class EncoderGraph {
    public static final String MEL = "mel";

    /** Name of the dimension of the positions of a window. */
    static final String POSITIONS = "audio_positions";

    /** {@code [3]}: windows, positions, width. */
    private static final String WINDOW_SHAPE = "window_shape";

    /** In a shape: the inferred dimension. */
    private static final long ANY = -1;

    private final ModelDimensions dimensions;
    private final GraphBuilder graph = new GraphBuilder("whisper-encoder");
    private final TensorProto.DataType type;

    /** The first dimension, as a number or a symbolic name. */
    private final Object windows;

    /** The dimension of the frames, as a number or a symbolic name. */
    private final Object frames;

    /** The dimension of the positions, as a number or a symbolic name. */
    private final Object positions;

    private final boolean plain;
    private final NetworkLayers layers;
    private final CrossAttentionType crossAttention;

    private EncoderGraph(
            Checkpoint checkpoint,
            LinearLayers linear,
            TensorProto.DataType type,
            boolean plain,
            CrossAttentionType crossAttention) {
        this.crossAttention = crossAttention;
        dimensions = checkpoint.dimensions();
        this.type = type;
        this.plain = plain;
        windows = plain ? 1 : "windows";
        frames = plain ? 2L * dimensions.nAudioCtx() : "frames";
        positions = plain ? dimensions.nAudioCtx() : POSITIONS;
        layers = plain
                ? new PlainLayers(graph, checkpoint, linear, type)
                : new NetworkLayers(graph, checkpoint, linear, type);
    }

    /** Returns the graph for any number of windows of any length at once, with the CPU provider's fused nodes. */
    public static GraphBuilder fused(Checkpoint checkpoint, LinearLayers linear, CrossAttentionType crossAttention) {
        return new EncoderGraph(checkpoint, linear, TensorProto.DataType.FLOAT, false, crossAttention).build();
    }

    /** Returns the graph for one whole window, in shapes and operators that other providers take. */
    public static GraphBuilder plain(Checkpoint checkpoint, LinearLayers linear, TensorProto.DataType type) {
        return new EncoderGraph(checkpoint, linear, type, true, CrossAttentionType.FLOAT32).build();
    }

    public static String keys(int layer) {
        return "keys." + layer;
    }

    public static String values(int layer) {
        return "values." + layer;
    }

    public static String keyBytes(int layer) {
        return "key_bytes." + layer;
    }

    public static String valueBytes(int layer) {
        return "value_bytes." + layer;
    }

    public static String keyScales(int layer) {
        return "key_scales." + layer;
    }

    public static String valueScales(int layer) {
        return "value_scales." + layer;
    }

    private GraphBuilder build() {
        int width = dimensions.nAudioState();
        graph.constant("rows", plain ? dimensions.nAudioCtx() : ANY, width);
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
        graph.input(MEL, TensorProto.DataType.FLOAT, windows, dimensions.nMels(), frames);
        String first = layers.gelu("encoder.gelu1", convolution("encoder.conv1", narrowed(MEL), 1));
        String second = layers.gelu("encoder.gelu2", convolution("encoder.conv2", first, 2));
        String convolved = graph.node("Transpose", "encoder.frames", List.of(second), vector("perm", 0, 2, 1));
        String placed = graph.node("Add", "encoder.positions", List.of(convolved, embeddings(convolved)));
        return graph.node("Reshape", "encoder.rows", List.of(placed, "rows"));
    }

    /** Returns the embeddings of the positions that there are. */
    private String embeddings(String convolved) {
        String all = layers.weight("encoder.positional_embedding");
        if (plain) {
            return all;
        }
        graph.node("Shape", WINDOW_SHAPE, List.of(convolved));
        String end = graph.node(
                "Shape", "encoder.positions.end", List.of(convolved), attribute("start", 1), attribute("end", 2));
        String start = graph.constant("encoder.positions.start", 0);
        return graph.node("Slice", "encoder.positions.embeddings", List.of(all, start, end));
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
        String attended = layers.attention(name, projections, dimensions, WINDOW_SHAPE);
        return layers.linear(name + ".out", graph.node("Reshape", name + ".rows", List.of(attended, "rows")));
    }

    private void crossKeysAndValues(String audio) {
        int heads = dimensions.nTextHead();
        int headWidth = dimensions.nTextState() / heads;
        crossShape(heads, headWidth);
        graph.scalar("cross_scale", (float) (1 / Math.sqrt(headWidth)), type);
        boolean quantized = crossAttention == CrossAttentionType.INT8;
        QuantizedAttention attention = new QuantizedAttention(graph, heads, headWidth);
        if (quantized) {
            attention.addQuantizationConstants();
        }
        for (int i = 0; i < dimensions.nTextLayer(); i++) {
            String name = "decoder.blocks." + i + ".cross_attn";
            List<String> projections = layers.linears(List.of(name + ".key", name + ".value"), audio);
            String scaled = graph.node("Mul", name + ".key.scaled", List.of(projections.get(0), "cross_scale"));
            output(keys(i), scaled, vector("perm", 0, 2, 3, 1));
            graph.output(keys(i), TensorProto.DataType.FLOAT, windows, heads, headWidth, positions);
            output(values(i), projections.get(1), vector("perm", 0, 2, 1, 3));
            graph.output(values(i), TensorProto.DataType.FLOAT, windows, heads, positions, headWidth);
            if (quantized) {
                attention.quantizeKeys(i, keys(i), positions);
                attention.quantizeValues(i, values(i), positions);
            }
        }
    }

    /** Adds the shape of keys and values with their heads apart. */
    private void crossShape(int heads, int headWidth) {
        if (plain) {
            graph.constant("cross_heads", 1, dimensions.nAudioCtx(), heads, headWidth);
        } else {
            String ofWindows = graph.node(
                    "Shape", "cross_windows", List.of("encoder.frames"), attribute("start", 0), attribute("end", 2));
            String ofHeads = graph.constant("cross_head_shape", heads, headWidth);
            graph.node("Concat", "cross_heads", List.of(ofWindows, ofHeads), attribute("axis", 0));
        }
    }

    private void output(String name, String rows, AttributeProto order) {
        String heads = graph.node("Reshape", name + ".heads", List.of(rows, "cross_heads"));
        if (type == TensorProto.DataType.FLOAT) {
            graph.node("Transpose", name, List.of(heads), order);
        } else {
            String transposed = graph.node("Transpose", name + ".narrow", List.of(heads), order);
            graph.node("Cast", name, List.of(transposed), attribute("to", TensorProto.DataType.FLOAT.getNumber()));
        }
    }

    private String narrowed(String input) {
        return type == TensorProto.DataType.FLOAT
                ? input
                : graph.node("Cast", input + ".narrow", List.of(input), attribute("to", type.getNumber()));
    }
}
