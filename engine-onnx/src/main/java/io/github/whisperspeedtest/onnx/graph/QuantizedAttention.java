package io.github.whisperspeedtest.onnx.graph;

import static io.github.whisperspeedtest.onnx.graph.GraphBuilder.attribute;
import static io.github.whisperspeedtest.onnx.graph.GraphBuilder.text;
import static io.github.whisperspeedtest.onnx.graph.GraphBuilder.vector;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.List;

/**
 * Cross-attention with keys and values of signed bytes: their quantization in the encoder's graph, and the attention of one token in the
 * decoder's.
 *
 * <p>The runtime's {@code GroupQueryAttention} reads a cache of bytes and converts them in registers. Its scales belong to a node, not to
 * a window, so it gets scales of one: the query is multiplied by the keys' scales before it, and the result by the values' scales
 * after it.
 */
final class QuantizedAttention {
    private static final float LARGEST_BYTE = 127;
    private static final float SMALLEST_SCALE = 1e-20f;

    private static final String LARGEST = "cross_largest_byte";
    private static final String SMALLEST = "cross_smallest_scale";
    private static final String HALF = "cross_half";
    private static final String UNIT = "cross_unit_scale";
    private static final String ZERO = "cross_zero_point";
    private static final String SCALES_SHAPE = "cross_scales_shape";

    private final GraphBuilder graph;
    private final int heads;
    private final int headWidth;

    QuantizedAttention(GraphBuilder graph, int heads, int headWidth) {
        this.graph = graph;
        this.heads = heads;
        this.headWidth = headWidth;
    }

    /** Adds the constants of {@link #quantizeKeys} and {@link #quantizeValues}. */
    void addQuantizationConstants() {
        graph.scalar(LARGEST, LARGEST_BYTE, TensorProto.DataType.FLOAT);
        graph.scalar(SMALLEST, SMALLEST_SCALE, TensorProto.DataType.FLOAT);
        graph.scalar(UNIT, 1, TensorProto.DataType.FLOAT);
        graph.scalar(HALF, 0.5f, TensorProto.DataType.FLOAT);
        graph.bytes(ZERO, new byte[1]);
        graph.constant(SCALES_SHAPE, -1, 1, (long) heads * headWidth);
    }

    /**
     * Adds the outputs of a layer's keys from {@code [windows, heads, width of a head, positions]}.
     *
     * <p>The middle of each channel's range is subtracted, which leaves more of the bytes for the differences between positions. It would
     * add the same number to the scores of all positions, so the softmax does not depend on it.
     */
    void quantizeKeys(int layer, String keys, Object positions) {
        String largest = graph.node("ReduceMax", keys + ".largest", List.of(keys), vector("axes", -1));
        String least = graph.node("ReduceMin", keys + ".least", List.of(keys), vector("axes", -1));
        String sum = graph.node("Add", keys + ".sum", List.of(largest, least));
        String middle = graph.node("Mul", keys + ".middle", List.of(sum, HALF));
        String magnitude = graph.node("Sub", keys + ".magnitude", List.of(largest, middle));
        String centered = graph.node("Sub", keys + ".centered", List.of(keys, middle));
        String bytes = quantize(centered, magnitude, keys + ".bytes", EncoderGraph.keyScales(layer));
        graph.node("Transpose", EncoderGraph.keyBytes(layer), List.of(bytes), vector("perm", 0, 1, 3, 2));
        declare(EncoderGraph.keyBytes(layer), EncoderGraph.keyScales(layer), positions);
    }

    /** Adds the outputs of a layer's values from {@code [windows, heads, positions, width of a head]}. */
    void quantizeValues(int layer, String values, Object positions) {
        String absolute = graph.node("Abs", values + ".absolute", List.of(values));
        String magnitude = graph.node("ReduceMax", values + ".magnitude", List.of(absolute), vector("axes", 2));
        quantize(values, magnitude, EncoderGraph.valueBytes(layer), EncoderGraph.valueScales(layer));
        declare(EncoderGraph.valueBytes(layer), EncoderGraph.valueScales(layer), positions);
    }

    private String quantize(String input, String magnitude, String bytes, String scales) {
        String positive = graph.node("Max", bytes + ".magnitude", List.of(magnitude, SMALLEST));
        String scale = graph.node("Div", bytes + ".scale", List.of(positive, LARGEST));
        graph.node("Reshape", scales, List.of(scale, SCALES_SHAPE));
        String normalized = graph.node("Div", bytes + ".normalized", List.of(input, scale));
        return graph.node("QuantizeLinear", bytes, List.of(normalized, UNIT, ZERO));
    }

    /**
     * Attends with one query for each window.
     *
     * @param query {@code [windows, 1, width]}
     * @return {@code [windows, 1, width]}, and the cache, which the runtime requires as two further outputs
     */
    List<String> attend(int layer, String name, String query) {
        String scaled = graph.node("Mul", name + ".query.scaled", List.of(query, EncoderGraph.keyScales(layer)));
        List<String> outputs = graph.contrib(
                "GroupQueryAttention",
                name + ".bytes",
                List.of(
                        scaled,
                        DecoderGraph.NO_NEW_KEYS,
                        DecoderGraph.NO_NEW_KEYS,
                        EncoderGraph.keyBytes(layer),
                        EncoderGraph.valueBytes(layer),
                        DecoderGraph.LAST_POSITIONS,
                        DecoderGraph.AUDIO_LENGTH,
                        "",
                        "",
                        "",
                        "",
                        "",
                        DecoderGraph.UNIT_SCALE,
                        DecoderGraph.UNIT_SCALE),
                List.of(name + ".bytes", name + ".bytes.keys", name + ".bytes.values"),
                attribute("num_heads", heads),
                attribute("kv_num_heads", heads),
                // The encoder's graph has scaled the keys.
                attribute("scale", 1f),
                text("k_quant_type", "PER_TENSOR"),
                text("v_quant_type", "PER_TENSOR"),
                attribute("kv_cache_bit_width", Byte.SIZE));
        String attended =
                graph.node("Mul", name + ".bytes.scaled", List.of(outputs.get(0), EncoderGraph.valueScales(layer)));
        return List.of(attended, outputs.get(1), outputs.get(2));
    }

    private void declare(String bytes, String scales, Object positions) {
        graph.output(bytes, TensorProto.DataType.INT8, "windows", heads, positions, headWidth);
        graph.output(scales, TensorProto.DataType.FLOAT, "windows", 1, (long) heads * headWidth);
    }
}
