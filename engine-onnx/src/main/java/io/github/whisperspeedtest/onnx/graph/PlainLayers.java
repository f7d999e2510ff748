package io.github.whisperspeedtest.onnx.graph;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import java.util.List;

/**
 * The layers as standard ONNX operators for one window of fixed shape, for providers other than the CPU's.
 *
 * <p>Operators supported by CoreML: {@code coreml_supported_mlprogram_ops.md} in microsoft/onnxruntime.
 */
final class PlainLayers extends NetworkLayers {
    PlainLayers(GraphBuilder graph, Checkpoint checkpoint, LinearLayers linear, TensorProto.DataType type) {
        super(graph, checkpoint, linear, type);
        graph.scalar("sqrt_half", (float) Math.sqrt(0.5), type);
        graph.scalar("half", 0.5f, type);
        graph.scalar("one", 1, type);
    }

    @Override
    String addAndNorm(String name, String residual, String left, String right) {
        return norm(name, graph.node("Add", residual, List.of(left, right)));
    }

    @Override
    String gelu(String name, String input) {
        String scaled = graph.node("Mul", name + ".scaled", List.of(input, "sqrt_half"));
        String erf = graph.node("Erf", name + ".erf", List.of(scaled));
        String share = graph.node("Add", name + ".share", List.of(erf, "one"));
        String halved = graph.node("Mul", name + ".half", List.of(input, "half"));
        return graph.node("Mul", name, List.of(halved, share));
    }

    /** Lets every position attend to all of its one window, whose shape is fixed. */
    @Override
    String attention(String name, List<String> projections, ModelDimensions dimensions, String windowShape) {
        int headWidth = dimensions.nAudioState() / dimensions.nAudioHead();
        String shape = graph.constant(name + ".split", 1, dimensions.nAudioCtx(), dimensions.nAudioHead(), headWidth);
        String queries = heads(projections.get(0), shape, 0, 2, 1, 3);
        String keys = heads(projections.get(1), shape, 0, 2, 3, 1);
        String values = heads(projections.get(2), shape, 0, 2, 1, 3);
        String scale = graph.scalar(name + ".scale", (float) (1 / Math.sqrt(headWidth)), type);
        String scaled = graph.node("Mul", name + ".scaled", List.of(queries, scale));
        String scores = graph.node("MatMul", name + ".scores", List.of(scaled, keys));
        String weights = graph.node("Softmax", name + ".weights", List.of(scores), GraphBuilder.attribute("axis", -1));
        String attended = graph.node("MatMul", name + ".attended", List.of(weights, values));
        return graph.node("Transpose", name, List.of(attended), GraphBuilder.vector("perm", 0, 2, 1, 3));
    }

    private String heads(String rows, String shape, long... order) {
        String split = graph.node("Reshape", rows + ".split", List.of(rows, shape));
        return graph.node("Transpose", rows + ".heads", List.of(split), GraphBuilder.vector("perm", order));
    }
}
