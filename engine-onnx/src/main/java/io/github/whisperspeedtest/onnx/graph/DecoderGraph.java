package io.github.whisperspeedtest.onnx.graph;

import static io.github.whisperspeedtest.onnx.graph.GraphBuilder.attribute;
import static io.github.whisperspeedtest.onnx.graph.GraphBuilder.vector;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import java.util.ArrayList;
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

    /**
     * Boolean scalar: whether each window has one sequence with one more token, so that {@link CrossAttentionType#INT8} applies. There
     * are no scores then.
     */
    public static final String ONE_TOKEN_EACH = "one_token_each";

    /** {@code [windows, 0, width]}: the keys and values that a step adds to those of the cross-attention in bytes. */
    public static final String NO_NEW_KEYS = "no_new_keys";

    /** {@code [windows]}: for each window the number of positions of its audio, less one. */
    public static final String LAST_POSITIONS = "last_positions";

    /** {@code [1]}: the number of positions of the audio. */
    public static final String AUDIO_LENGTH = "audio_length";

    static final String UNIT_SCALE = "unit_scale";

    private static final String NO_SCORES = "no_scores";

    /** {@code [sequences, positions, vocabulary]}. */
    public static final String LOGITS = "logits";

    private final ModelDimensions dimensions;
    private final GraphBuilder graph = new GraphBuilder("whisper-decoder");
    private final NetworkLayers layers;
    private final LinearLayers linear;
    private final CrossAttentionType crossAttention;

    private DecoderGraph(Checkpoint checkpoint, LinearLayers linear, CrossAttentionType crossAttention) {
        this.crossAttention = crossAttention;
        dimensions = checkpoint.dimensions();
        layers = new NetworkLayers(graph, checkpoint, linear, TensorProto.DataType.FLOAT);
        this.linear = linear;
    }

    public static GraphBuilder build(Checkpoint checkpoint, LinearLayers linear, CrossAttentionType crossAttention) {
        return new DecoderGraph(checkpoint, linear, crossAttention).build();
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

    /** The runtime requires the cache of the cross-attention in bytes as an output; it should be the input's memory. */
    public static String presentKeyBytes(int layer) {
        return "present_key_bytes." + layer;
    }

    public static String presentValueBytes(int layer) {
        return "present_value_bytes." + layer;
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
        if (crossAttention == CrossAttentionType.INT8) {
            graph.input(ONE_TOKEN_EACH, TensorProto.DataType.BOOL);
            graph.input(NO_NEW_KEYS, TensorProto.DataType.FLOAT, "windows", 0, width);
            graph.input(LAST_POSITIONS, TensorProto.DataType.INT32, "windows");
            graph.input(AUDIO_LENGTH, TensorProto.DataType.INT32, 1);
            WeightBuffers.floats(graph, UNIT_SCALE, new float[] {1}, 1);
            graph.empty(NO_SCORES, 0, 0, 0, 0);
        }
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
        String positions = EncoderGraph.POSITIONS;
        graph.input(EncoderGraph.keys(layer), TensorProto.DataType.FLOAT, "windows", heads, headWidth, positions);
        graph.input(EncoderGraph.values(layer), TensorProto.DataType.FLOAT, "windows", heads, positions, headWidth);
        String query = layers.linear(name + ".query", input);
        String attended = crossAttention == CrossAttentionType.FLOAT32
                ? attend(graph, layer, name, query, crossScores(layer))
                : attendBySize(layer, name, query);
        graph.output(crossScores(layer), TensorProto.DataType.FLOAT, "windows", heads, "rows", positions);
        return layers.linear(name + ".out", attended);
    }

    /** Attends with any number of queries; {@code branch} is this graph or a branch of it. */
    private String attend(GraphBuilder branch, int layer, String name, String query, String scoresName) {
        String byWindow = branch.node("Reshape", name + ".query.windows", List.of(query, WINDOW_SHAPE));
        String byHead = branch.node("Transpose", name + ".query.heads", List.of(byWindow), vector("perm", 0, 2, 1, 3));
        String scores = branch.node("MatMul", scoresName, List.of(byHead, EncoderGraph.keys(layer)));
        String weights = branch.node("Softmax", name + ".weights", List.of(scores), attribute("axis", -1));
        String attended = branch.node("MatMul", name + ".attended", List.of(weights, EncoderGraph.values(layer)));
        String merged = branch.node("Transpose", name + ".merged", List.of(attended), vector("perm", 0, 2, 1, 3));
        return branch.node("Reshape", name + ".sequences", List.of(merged, SEQUENCE_SHAPE));
    }

    /** Attends with bytes where a window has one query, otherwise with floats. */
    private String attendBySize(int layer, String name, String query) {
        int heads = dimensions.nTextHead();
        int headWidth = dimensions.nTextState() / heads;
        List<String> caches = List.of(EncoderGraph.keyBytes(layer), EncoderGraph.valueBytes(layer));
        for (String cache : caches) {
            graph.input(cache, TensorProto.DataType.INT8, "windows", heads, EncoderGraph.POSITIONS, headWidth);
        }
        for (String scales : List.of(EncoderGraph.keyScales(layer), EncoderGraph.valueScales(layer))) {
            graph.input(scales, TensorProto.DataType.FLOAT, "windows", 1, dimensions.nTextState());
        }
        GraphBuilder one = new GraphBuilder(name + ".one");
        List<String> attended = new QuantizedAttention(one, heads, headWidth).attend(layer, name, query);
        branchOutputs(one, attended, one.node("Identity", name + ".no_scores", List.of(NO_SCORES)));

        GraphBuilder several = new GraphBuilder(name + ".several");
        String scores = name + ".scores";
        List<String> results = new ArrayList<>(List.of(attend(several, layer, name, query, scores)));
        for (String cache : caches) {
            // The runtime copies nothing: the output is the input's memory.
            results.add(several.node("Identity", cache + ".unchanged", List.of(cache)));
        }
        branchOutputs(several, results, scores);

        List<String> presents = List.of(presentKeyBytes(layer), presentValueBytes(layer));
        List<String> outputs = List.of(name + ".chosen", presents.get(0), presents.get(1), crossScores(layer));
        graph.choice(name + ".choice", ONE_TOKEN_EACH, outputs, one, several);
        for (String present : presents) {
            graph.output(present, TensorProto.DataType.INT8, "windows", heads, EncoderGraph.POSITIONS, headWidth);
        }
        return outputs.get(0);
    }

    private static void branchOutputs(GraphBuilder branch, List<String> results, String scores) {
        branch.output(results.get(0), TensorProto.DataType.FLOAT, "sequences", "tokens", "width");
        for (String cache : results.subList(1, results.size())) {
            branch.output(cache, TensorProto.DataType.INT8, "windows", "heads", "positions", "width");
        }
        branch.output(scores, TensorProto.DataType.FLOAT, "windows", "heads", "rows", "positions");
    }

    private void logits(String x) {
        String wanted = graph.node("Gather", "decoder.wanted", List.of(x, POSITIONS), attribute("axis", 1));
        String normed = layers.norm("decoder.ln", wanted);
        linear.apply(
                graph, normed, new LinearLayers.Layer(LOGITS, layers.tensor("decoder.token_embedding.weight"), null));
        graph.output(LOGITS, TensorProto.DataType.FLOAT, "sequences", "positions", dimensions.nVocab());
    }
}
