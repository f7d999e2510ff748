package io.github.whisperspeedtest.mlx.network;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.tensor.GroupedMatrix;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.mlx.bindings.MlxArray;
import io.github.whisperspeedtest.mlx.bindings.MlxGraph;
import io.github.whisperspeedtest.mlx.bindings.MlxRuntime;
import io.github.whisperspeedtest.mlx.bindings.MlxType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Copies the weights of a checkpoint to MLX one by one in the compute type; quantized weights stay quantized.
 *
 * <p>Owns all of them: closing it frees the model.
 */
final class WeightLoader implements AutoCloseable {
    private final MlxRuntime runtime;
    private final Checkpoint checkpoint;
    private final MlxOptions options;
    private final List<MlxArray> loaded = new ArrayList<>();

    WeightLoader(MlxRuntime runtime, Checkpoint checkpoint, MlxOptions options) {
        this.runtime = runtime;
        this.checkpoint = checkpoint;
        this.options = options;
    }

    /** Returns a single number. */
    MlxArray number(float value) {
        return load(
                graph -> graph.astype(graph.scalar(value), options.precision().type()));
    }

    /** Returns a tensor as it is. */
    MlxArray array(String name) {
        return load(graph -> floats(graph, tensor(name)));
    }

    /** Returns the kernels of a convolution with the inputs last, {@code [out, kernel, in]}, as MLX wants them. */
    MlxArray kernels(String name) {
        return load(graph -> graph.contiguous(graph.transpose(floats(graph, tensor(name)), 0, 2, 1)));
    }

    LayerNorm norm(String name) {
        return new LayerNorm(array(name + ".weight"), array(name + ".bias"));
    }

    Linear linear(String name) {
        String bias = name + ".bias";
        @Nullable MlxArray loadedBias = checkpoint.tensors().containsKey(bias) ? array(bias) : null;
        Tensor weight = tensor(name + ".weight");
        return weight.groups().isPresent()
                ? new Linear.Quantized(quantized(weight.groups().get()), loadedBias)
                : new Linear.Plain(transposed(array(name + ".weight")), loadedBias);
    }

    TokenEmbedding embedding(String name) {
        Tensor weight = tensor(name);
        if (weight.groups().isPresent()) {
            return new TokenEmbedding.Quantized(quantized(weight.groups().get()));
        }
        MlxArray rows = array(name);
        return new TokenEmbedding.Plain(rows, transposed(rows));
    }

    private Tensor tensor(String name) {
        return Objects.requireNonNull(checkpoint.tensors().get(name), name);
    }

    /** Returns the same memory with rows and columns exchanged. */
    private MlxArray transposed(MlxArray matrix) {
        return load(graph -> graph.transpose(matrix, 1, 0));
    }

    private QuantizedMatrix quantized(GroupedMatrix matrix) {
        MlxArray codes = load(graph -> graph.array(
                direct(matrix.codes().data()),
                MlxType.UINT32,
                matrix.rows(),
                matrix.codes().shape().get(1)));
        return new QuantizedMatrix(
                codes,
                load(graph -> floats(graph, matrix.scales())),
                load(graph -> floats(graph, matrix.biases())),
                matrix.groupSize(),
                matrix.bits());
    }

    private MlxArray floats(MlxGraph graph, Tensor tensor) {
        int[] shape = tensor.shape().stream().mapToInt(Integer::intValue).toArray();
        MlxArray stored = switch (tensor.type()) {
            case F32 -> graph.array(direct(tensor.data()), MlxType.FLOAT32, shape);
            case F16 -> graph.array(direct(tensor.data()), MlxType.FLOAT16, shape);
            case BF16 -> graph.array(direct(tensor.data()), MlxType.BFLOAT16, shape);
            case I8 -> graph.array(widened(tensor), MlxType.FLOAT32, shape);
        };
        return graph.astype(stored, options.precision().type());
    }

    private static ByteBuffer direct(ByteBuffer data) {
        return data.isDirect() ? data : allocate(data.remaining()).put(data).flip();
    }

    private static ByteBuffer widened(Tensor tensor) {
        float[] elements = new float[Math.toIntExact(tensor.elementCount())];
        tensor.copyTo(0, elements);
        ByteBuffer bytes = allocate(Math.multiplyExact(elements.length, Float.BYTES));
        bytes.asFloatBuffer().put(elements);
        return bytes;
    }

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    /** Evaluates an array immediately, so that at most one tensor exists in two forms. */
    private MlxArray load(Function<MlxGraph, MlxArray> operation) {
        try (MlxGraph graph = runtime.graph(options.device())) {
            MlxArray array = operation.apply(graph);
            graph.eval(List.of(array));
            loaded.add(graph.keep(array));
            return array;
        }
    }

    @Override
    public void close() {
        loaded.forEach(MlxArray::close);
        loaded.clear();
    }
}
