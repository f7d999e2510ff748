package io.github.whisperspeedtest.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.List;

/** Linear layers in floating point. */
final class FloatLayers implements LinearLayers {
    private final TensorProto.DataType type;

    FloatLayers(TensorProto.DataType type) {
        this.type = type;
    }

    @Override
    public List<String> apply(GraphBuilder graph, String input, List<Layer> layers) {
        List<String> outputs = new ArrayList<>();
        for (Layer layer : layers) {
            List<String> inputs = new ArrayList<>();
            inputs.add(input);
            inputs.add(WeightBuffers.floating(graph, layer.name() + ".weight", layer.weight(), type));
            if (layer.bias() != null) {
                inputs.add(WeightBuffers.floating(graph, layer.name() + ".bias", layer.bias(), type));
            }
            outputs.add(graph.node("Gemm", layer.name(), inputs, GraphBuilder.attribute("transB", 1)));
        }
        return outputs;
    }

    @Override
    public String joined(GraphBuilder graph, String name, String input, List<Layer> layers) {
        return graph.node("Concat", name, apply(graph, input, layers), GraphBuilder.attribute("axis", 1));
    }
}
