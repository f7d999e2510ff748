package io.github.whisperspeedtest.onnx.graph;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.github.whisperspeedtest.checkpoint.tensor.GroupedMatrix;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Linear layers whose weights are groups of small numbers already, as MLX quantises them, with the same numbers in the graph: the
 * runtime's {@code MatMulNBits} with a block for each group. All other layers are computed in floating point.
 *
 * <p>The operator adds nothing to a group. Where {@link GroupOffsets} leave something to add, nodes beside it do that: the sums of the
 * input's groups, multiplied with what is to be added.
 */
final class GroupedLayers implements LinearLayers {
    private static final int HALF_BYTE = 4;

    /** Those that the runtime has kernels for: {@code GetQNBitGemmVariant} in onnxruntime/core/mlas/lib/qnbitgemm.cpp. */
    private static final Set<Integer> BLOCK_SIZES = Set.of(16, 32, 64, 128, 256);

    private final Arithmetic arithmetic;
    private final boolean sequences;
    private final LinearLayers others;

    private GroupedLayers(Arithmetic arithmetic, boolean sequences, LinearLayers others) {
        this.arithmetic = arithmetic;
        this.sequences = sequences;
        this.others = others;
    }

    /** The type of the input in the products. */
    enum Arithmetic {
        /** The unchanged input. */
        FLOAT(1),
        /** The input, quantized to bytes block by block at run time. */
        INT8(4);

        /** The operator's {@code accuracy_level}. */
        private final int level;

        Arithmetic(int level) {
            this.level = level;
        }
    }

    /** Returns layers for rows, many of them. */
    static GroupedLayers ofRows(Arithmetic arithmetic) {
        return new GroupedLayers(arithmetic, false, FloatLayers.ofRows(TensorProto.DataType.FLOAT));
    }

    /** Returns layers for sequences of rows, few of them. */
    static GroupedLayers ofSequences(Arithmetic arithmetic) {
        return new GroupedLayers(arithmetic, true, FloatLayers.ofSequences());
    }

    @Override
    public boolean keeps(Tensor weight) {
        return weight.groups()
                .filter(groups -> BLOCK_SIZES.contains(groups.groupSize()))
                .isPresent();
    }

    @Override
    public List<String> apply(GraphBuilder graph, String input, List<Layer> layers) {
        return layers.stream()
                .map(layer -> keeps(layer.weight())
                        ? blockwise(graph, layer.name(), input, List.of(layer))
                        : others.apply(graph, input, layer))
                .toList();
    }

    @Override
    public String joined(GraphBuilder graph, String name, String input, List<Layer> layers) {
        if (layers.stream().allMatch(layer -> keeps(layer.weight())) && haveOneForm(layers)) {
            return blockwise(graph, name, input, layers);
        }
        return graph.node("Concat", name, apply(graph, input, layers), GraphBuilder.attribute("axis", -1));
    }

    private static boolean haveOneForm(List<Layer> layers) {
        return layers.stream()
                        .map(GroupedLayers::groups)
                        .map(groups -> List.of(groups.bits(), groups.groupSize()))
                        .distinct()
                        .count()
                == 1;
    }

    private static GroupedMatrix groups(Layer layer) {
        return layer.weight().groups().orElseThrow();
    }

    private String blockwise(GraphBuilder graph, String name, String input, List<Layer> layers) {
        List<GroupedMatrix> matrices =
                layers.stream().map(GroupedLayers::groups).toList();
        GroupBlocks blocks = new GroupBlocks(matrices, isInHalves(matrices.get(0)));
        float[] bias = WeightBuffers.biases(layers);
        if (blocks.isNegligible()) {
            return product(graph, name, input, blocks, bias);
        }
        String product = product(graph, name + ".product", input, blocks, bias);
        return withRemainders(graph, name, input, product, blocks);
    }

    /**
     * Whether bytes go in as half-bytes. For products of floats and bytes the runtime has no kernel: it makes floats of all the bytes at
     * every call, which is little beside a product with many rows, but more than the rest with a few. For half-bytes it has one.
     */
    private boolean isInHalves(GroupedMatrix matrix) {
        return sequences && arithmetic == Arithmetic.FLOAT && matrix.bits() > HALF_BYTE;
    }

    private String product(GraphBuilder graph, String name, String input, GroupBlocks blocks, float @Nullable [] bias) {
        int rows = blocks.rows();
        boolean twice = blocks.blocks() > blocks.groups();
        List<String> inputs = new ArrayList<>();
        inputs.add(
                twice
                        ? graph.node(
                                "Concat", name + ".input", List.of(input, input), GraphBuilder.attribute("axis", -1))
                        : input);
        inputs.add(blocks.addTo(graph, name + ".weight"));
        inputs.add(WeightBuffers.floats(graph, name + ".weight.scales", blocks.scales(), rows, blocks.blocks()));
        inputs.add(graph.weight(
                name + ".weight.zero_points",
                TensorProto.DataType.UINT8,
                List.of((long) rows, (long) blocks.zeroPointBytes()),
                blocks.zeroPoints()));
        if (bias != null) {
            inputs.addAll(List.of("", WeightBuffers.floats(graph, name + ".bias", bias, rows)));
        }
        return graph.contrib(
                "MatMulNBits",
                name,
                inputs,
                GraphBuilder.attribute("K", (long) blocks.blocks() * blocks.blockSize()),
                GraphBuilder.attribute("N", rows),
                GraphBuilder.attribute("bits", blocks.bits()),
                GraphBuilder.attribute("block_size", blocks.blockSize()),
                GraphBuilder.attribute("accuracy_level", arithmetic.level));
    }

    /** Adds the sums of the input's groups, multiplied with what is to be added to the groups of the weights. */
    private String withRemainders(GraphBuilder graph, String name, String input, String product, GroupBlocks blocks) {
        String remainder = name + ".remainder";
        int groups = blocks.groups();
        int size = blocks.blockSize();
        String shape = sequences
                ? graph.constant(remainder + ".shape", 0, 0, groups, size)
                : graph.constant(remainder + ".shape", 0, groups, size);
        String sums = graph.node(
                "ReduceSum",
                remainder + ".sums",
                List.of(
                        graph.node("Reshape", remainder + ".groups", List.of(input, shape)),
                        graph.constant(remainder + ".axis", -1)),
                GraphBuilder.attribute("keepdims", 0));
        String weight = WeightBuffers.floats(graph, remainder + ".weight", blocks.remainders(), groups, blocks.rows());
        return sequences
                ? graph.node("Add", name, List.of(product, graph.node("MatMul", remainder, List.of(sums, weight))))
                : graph.node("Gemm", name, List.of(sums, weight, product));
    }
}
