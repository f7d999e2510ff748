package io.github.whisperspeedtest.onnx;

import java.util.ArrayList;
import java.util.List;

/** Linear layers in 32-bit floating point. */
final class FloatLayers implements LinearLayers {
    @Override
    public List<String> apply(GraphBuilder graph, String input, List<Layer> layers) {
        List<String> outputs = new ArrayList<>();
        for (Layer layer : layers) {
            List<String> inputs = new ArrayList<>();
            inputs.add(input);
            inputs.add(WeightBuffers.float32(graph, layer.name() + ".weight", layer.weight()));
            if (layer.bias() != null) {
                inputs.add(WeightBuffers.float32(graph, layer.name() + ".bias", layer.bias()));
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
