package io.github.whisperspeedtest.onnx.graph;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Linear layers with signed bytes and one scale per output, for many rows of input at once.
 *
 * <p>The runtime's integer products use one scale for the whole input. To keep the precision of rows next to a row with
 * large values, each row is divided by its largest magnitude before quantization, and the result is multiplied by it:
 * the arithmetic of CTranslate2 on the runtime's fastest kernel. The weights are used in place in the model's file.
 */
final class RowQuantizedLayers implements LinearLayers {
    private static final float SMALLEST_MAGNITUDE = 1e-20f;

    @Override
    public List<String> apply(GraphBuilder graph, String input, List<Layer> layers) {
        String prefix = layers.get(0).name() + ".input";
        String magnitude = graph.node(
                "Max",
                prefix + ".magnitude",
                List.of(
                        graph.node(
                                "ReduceMax",
                                prefix + ".largest",
                                List.of(graph.node("Abs", prefix + ".abs", List.of(input))),
                                GraphBuilder.vector("axes", -1)),
                        // Prevents division by zero for all-zero rows.
                        graph.scalar(prefix + ".smallest", SMALLEST_MAGNITUDE, TensorProto.DataType.FLOAT)));
        String normalized = graph.node("Div", prefix + ".normalized", List.of(input, magnitude));
        List<String> quantized = graph.node(
                "DynamicQuantizeLinear",
                prefix + ".quantize",
                List.of(normalized),
                List.of(prefix + ".quantized", prefix + ".scale", prefix + ".zero_point"));

        List<String> outputs = new ArrayList<>();
        for (Layer layer : layers) {
            outputs.add(output(graph, layer, quantized, magnitude));
        }
        return outputs;
    }

    private static String output(GraphBuilder graph, Layer layer, List<String> quantized, String magnitude) {
        String name = layer.name();
        Tensor weight = QuantizedRows.of(name, layer.weight());
        long outs = weight.shape().get(0);
        String bytes = graph.weight(name + ".weight", TensorProto.DataType.INT8, weight);
        String scales = WeightBuffers.floats(graph, name + ".weight.scales", weight.rowScales(), outs);
        String zeros = graph.bytes(name + ".weight.zero_points", new byte[(int) outs]);
        String product = graph.contrib(
                "QGemm",
                name + ".product",
                List.of(quantized.get(0), quantized.get(1), quantized.get(2), bytes, scales, zeros),
                GraphBuilder.attribute("transB", 1));
        if (layer.bias() == null) {
            return graph.node("Mul", name, List.of(product, magnitude));
        }
        String scaled = graph.node("Mul", name + ".scaled", List.of(product, magnitude));
        String bias = WeightBuffers.floats(graph, name + ".bias", WeightBuffers.array(layer.bias()), outs);
        return graph.node("Add", name, List.of(scaled, bias));
    }

    @Override
    public String joined(GraphBuilder graph, String name, String input, List<Layer> layers) {
        return graph.node("Concat", name, apply(graph, input, layers), GraphBuilder.attribute("axis", 1));
    }
}
