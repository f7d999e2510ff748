package io.github.whisperspeedtest.onnx.graph;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Linear layers on {@code DynamicQuantizeMatMul} with bytes for weights and one scale for all rows of the input. */
public final class OneScaleLayers implements LinearLayers {
    @Override
    public List<String> apply(GraphBuilder graph, String input, List<Layer> layers) {
        return layers.stream().map(layer -> node(graph, input, layer)).toList();
    }

    private static String node(GraphBuilder graph, String input, Layer layer) {
        Tensor rows = QuantizedRows.of(layer.name(), layer.weight());
        int outs = rows.shape().get(0);
        int ins = rows.shape().get(1);
        ByteBuffer columns = WeightBuffers.allocate((long) outs * ins);
        ByteBuffer data = rows.data();
        for (int in = 0; in < ins; in++) {
            for (int out = 0; out < outs; out++) {
                columns.put(data.get(out * ins + in));
            }
        }
        String name = layer.name();
        List<String> inputs = new ArrayList<>(List.of(
                input,
                graph.weight(
                        name + ".weight", TensorProto.DataType.INT8, List.of((long) ins, (long) outs), columns.flip()),
                WeightBuffers.floats(graph, name + ".weight.scales", rows.rowScales(), outs)));
        if (layer.bias() != null) {
            inputs.addAll(
                    List.of("", WeightBuffers.floats(graph, name + ".bias", WeightBuffers.array(layer.bias()), outs)));
        }
        return graph.contrib("DynamicQuantizeMatMul", name, inputs);
    }

    @Override
    public String joined(GraphBuilder graph, String name, String input, List<Layer> layers) {
        return graph.node("Concat", name, apply(graph, input, layers), GraphBuilder.attribute("axis", 1));
    }
}
