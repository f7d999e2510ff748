package io.github.whisperspeedtest.onnx.graph;

import static io.github.whisperspeedtest.onnx.graph.GraphBuilder.attribute;
import static io.github.whisperspeedtest.onnx.graph.GraphBuilder.vector;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import java.util.List;

/**
 * The decoder with its KV cache, built from the runtime's fused nodes, for any number of tokens, sequences and windows.
 *
 * <p>The cache of a layer is the input {@code past_keys.N} and the output {@code present_keys.N}; both should use the
 * same memory, so that a step writes only the new rows. Sequences of one window share its cross-attention keys and
 * values: they are further rows of one product, and nothing is replicated.
 */
public final class DecoderGraph {
    /** {@code [sequences, tokens, width]}: token and position embeddings, summed. */
    public static final String EMBEDDED = "embedded";

    /** {@code [sequences]}: for each sequence its length after this step, less one. */
    public static final String LAST_INDEXES = "last_indexes";

    /** {@code [1]}: the length of the longest sequence after this step. */
    public static final String TOTAL_LENGTH = "total_length";

    /** {@code [4]}: windows, sequences of a window times tokens, heads, width of a head. */
    public static final String WINDOW_SHAPE = "window_shape";

    /** {@code [3]}: sequences, tokens, width. */
    public static final String SEQUENCE_SHAPE = "sequence_shape";

    /** Indexes of the tokens after which logits are wanted. */
    public static final String POSITIONS = "positions";

    /** {@code [sequences, positions, vocabulary]}. */
    public static final String LOGITS = "logits";

    private final ModelDimensions dimensions;
    private final GraphBuilder graph = new GraphBuilder("whisper-decoder");
    private final NetworkLayers layers;
    private final LinearLayers linear;

    private DecoderGraph(Checkpoint checkpoint, LinearLayers linear) {
        dimensions = checkpoint.dimensions();
        layers = new NetworkLayers(graph, checkpoint, linear, TensorProto.DataType.FLOAT);
        this.linear = linear;
    }

    public static GraphBuilder build(Checkpoint checkpoint, LinearLayers linear) {
        return new DecoderGraph(checkpoint, linear).build();
    }

    public static String pastKeys(int layer) {
        return "past_keys." + layer;
    }

    public static String pastValues(int layer) {
        return "past_values." + layer;
    }

    public static String presentKeys(int layer) {
        return "present_keys." + layer;
    }

    public static String presentValues(int layer) {
        return "present_values." + layer;
    }

    /** Scores of the cross-attention before the softmax: {@code [windows, heads, sequences of a window * tokens, positions]}. */
    public static String crossScores(int layer) {
        return "cross_scores." + layer;
    }

    private GraphBuilder build() {
        int width = dimensions.nTextState();
        graph.input(EMBEDDED, TensorProto.DataType.FLOAT, "sequences", "tokens", width);
        graph.input(LAST_INDEXES, TensorProto.DataType.INT32, "sequences");
        graph.input(TOTAL_LENGTH, TensorProto.DataType.INT32, 1);
        graph.input(WINDOW_SHAPE, TensorProto.DataType.INT64, 4);
        graph.input(SEQUENCE_SHAPE, TensorProto.DataType.INT64, 3);
        graph.input(POSITIONS, TensorProto.DataType.INT64, "positions");
        String x = EMBEDDED;
        String normed = layers.norm("decoder.blocks.0.attn_ln", x);
        for (int i = 0; i < dimensions.nTextLayer(); i++) {
            String block = "decoder.blocks." + i;
            String own = block + ".attn.residual";
            normed = layers.addAndNorm(block + ".cross_attn_ln", own, x, selfAttention(i, block + ".attn", normed));
            String cross = block + ".cross_attn.residual";
            normed = layers.addAndNorm(block + ".mlp_ln", cross, own, crossAttention(i, block + ".cross_attn", normed));
            String hidden = layers.gelu(block + ".mlp.1", layers.linear(block + ".mlp.0", normed));
            String fed = layers.linear(block + ".mlp.2", hidden);
            if (i + 1 < dimensions.nTextLayer()) {
                x = block + ".mlp.residual";
                normed = layers.addAndNorm("decoder.blocks." + (i + 1) + ".attn_ln", x, cross, fed);
            } else {
                logits(graph.node("Add", block + ".mlp.residual", List.of(cross, fed)));
            }
        }
        return graph;
    }

    private String selfAttention(int layer, String name, String input) {
        int heads = dimensions.nTextHead();
        int headWidth = dimensions.nTextState() / heads;
        for (String cache : List.of(pastKeys(layer), pastValues(layer))) {
            graph.input(cache, TensorProto.DataType.FLOAT, "sequences", heads, "capacity", headWidth);
        }
        String joined = layers.queryKeyValue(name, input);
        List<String> outputs = graph.contrib(
                "GroupQueryAttention",
                name,
                List.of(joined, "", "", pastKeys(layer), pastValues(layer), LAST_INDEXES, TOTAL_LENGTH),
                List.of(name, presentKeys(layer), presentValues(layer)),
                attribute("num_heads", heads),
                attribute("kv_num_heads", heads));
        for (String cache : outputs.subList(1, 3)) {
            graph.output(cache, TensorProto.DataType.FLOAT, "sequences", heads, "capacity", headWidth);
        }
        return layers.linear(name + ".out", outputs.get(0));
    }

    private String crossAttention(int layer, String name, String input) {
        int heads = dimensions.nTextHead();
        int headWidth = dimensions.nTextState() / heads;
        String keys = graph.input(
                EncoderGraph.keys(layer),
                TensorProto.DataType.FLOAT,
                "windows",
                heads,
                headWidth,
                dimensions.nAudioCtx());
        String values = graph.input(
                EncoderGraph.values(layer),
                TensorProto.DataType.FLOAT,
                "windows",
                heads,
                dimensions.nAudioCtx(),
                headWidth);
        String query = layers.linear(name + ".query", input);
        String byWindow = graph.node("Reshape", name + ".query.windows", List.of(query, WINDOW_SHAPE));
        String byHead = graph.node("Transpose", name + ".query.heads", List.of(byWindow), vector("perm", 0, 2, 1, 3));
        String scores = graph.node("MatMul", crossScores(layer), List.of(byHead, keys));
        graph.output(scores, TensorProto.DataType.FLOAT, "windows", heads, "rows", dimensions.nAudioCtx());
        String weights = graph.node("Softmax", name + ".weights", List.of(scores), attribute("axis", -1));
        String attended = graph.node("MatMul", name + ".attended", List.of(weights, values));
        String merged = graph.node("Transpose", name + ".merged", List.of(attended), vector("perm", 0, 2, 1, 3));
        String sequences = graph.node("Reshape", name + ".sequences", List.of(merged, SEQUENCE_SHAPE));
        return layers.linear(name + ".out", sequences);
    }

    private void logits(String x) {
        String wanted = graph.node("Gather", "decoder.wanted", List.of(x, POSITIONS), attribute("axis", 1));
        String normed = layers.norm("decoder.ln", wanted);
        linear.apply(
                graph, normed, new LinearLayers.Layer(LOGITS, layers.tensor("decoder.token_embedding.weight"), null));
        graph.output(LOGITS, TensorProto.DataType.FLOAT, "sequences", "positions", dimensions.nVocab());
    }
}
