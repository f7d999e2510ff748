package io.github.whisperspeedtest.onnx.graph;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.List;

/** Linear layers in floating point. */
final class FloatLayers implements LinearLayers {
    private final TensorProto.DataType type;
    private final boolean sequences;

    private FloatLayers(TensorProto.DataType type, boolean sequences) {
        this.type = type;
        this.sequences = sequences;
    }

    /** Returns layers for rows, in ONNX's own operators. */
    public static FloatLayers ofRows(TensorProto.DataType type) {
        return new FloatLayers(type, false);
    }

    /** Returns layers for sequences of rows, in the runtime's fused nodes. */
    static FloatLayers ofSequences() {
        return new FloatLayers(TensorProto.DataType.FLOAT, true);
    }

    @Override
    public List<String> apply(GraphBuilder graph, String input, List<Layer> layers) {
        return layers.stream()
                .map(layer -> sequences ? overSequences(graph, input, layer) : overRows(graph, input, layer))
                .toList();
    }

    private String overRows(GraphBuilder graph, String input, Layer layer) {
        List<String> inputs = new ArrayList<>(List.of(input, weight(graph, layer)));
        if (layer.bias() != null) {
            inputs.add(bias(graph, layer));
        }
        return graph.node("Gemm", layer.name(), inputs, GraphBuilder.attribute("transB", 1));
    }

    private String overSequences(GraphBuilder graph, String input, Layer layer) {
        String name = layer.bias() == null ? layer.name() : layer.name() + ".product";
        String product = graph.contrib(
                "FusedMatMul", name, List.of(input, weight(graph, layer)), GraphBuilder.attribute("transB", 1));
        return layer.bias() == null ? product : graph.node("Add", layer.name(), List.of(product, bias(graph, layer)));
    }

    private String weight(GraphBuilder graph, Layer layer) {
        return WeightBuffers.floating(graph, layer.name() + ".weight", layer.weight(), type);
    }

    private String bias(GraphBuilder graph, Layer layer) {
        return WeightBuffers.floating(graph, layer.name() + ".bias", layer.bias(), type);
    }

    @Override
    public String joined(GraphBuilder graph, String name, String input, List<Layer> layers) {
        return graph.node("Concat", name, apply(graph, input, layers), GraphBuilder.attribute("axis", -1));
    }
}
