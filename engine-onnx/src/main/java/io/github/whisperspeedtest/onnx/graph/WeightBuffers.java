package io.github.whisperspeedtest.onnx.graph;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.EngineUnavailableException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Brings weights of a checkpoint into native memory in the form that a node takes, without a copy where they have it already. */
public final class WeightBuffers {
    private static final int SLICE = 1 << 16;

    private WeightBuffers() {}

    /**
     * Adds a tensor as floats of a type.
     *
     * <p>Floats of another type stay as they are and are converted by the runtime while it loads the graph.
     */
    static String floating(GraphBuilder graph, String name, Tensor tensor, TensorProto.DataType type) {
        TensorProto.DataType stored = type(tensor);
        if (tensor.type() == DataType.I8 || tensor.type() == DataType.F32 && tensor.isGenerated()) {
            graph.weight(stored == type ? name : name + ".stored", stored, longs(tensor.shape()), converted(tensor));
        } else {
            graph.weight(stored == type ? name : name + ".stored", stored, tensor);
        }
        return stored == type
                ? name
                : graph.node("Cast", name, List.of(name + ".stored"), GraphBuilder.attribute("to", type.getNumber()));
    }

    private static TensorProto.DataType type(Tensor tensor) {
        return switch (tensor.type()) {
            case F32, I8 -> TensorProto.DataType.FLOAT;
            case F16 -> TensorProto.DataType.FLOAT16;
            case BF16 -> TensorProto.DataType.BFLOAT16;
        };
    }

    /** Adds numbers that were computed here. */
    public static String floats(GraphBuilder graph, String name, float[] values, long... shape) {
        ByteBuffer bytes = allocate((long) values.length * Float.BYTES);
        bytes.asFloatBuffer().put(values);
        List<Long> sizes = new ArrayList<>();
        for (long size : shape) {
            sizes.add(size);
        }
        return graph.weight(name, TensorProto.DataType.FLOAT, sizes, bytes);
    }

    /** Returns all elements as 32-bit floats on the heap; for small tensors. */
    public static float[] array(Tensor tensor) {
        float[] values = new float[Math.toIntExact(tensor.elementCount())];
        tensor.copyTo(0, values);
        return values;
    }

    /** Returns the biases of several layers one after the other, zeros where one has none; null where none has any. */
    static float @Nullable [] biases(List<LinearLayers.Layer> layers) {
        if (layers.stream().allMatch(layer -> layer.bias() == null)) {
            return null;
        }
        float[] joined = new float
                [layers.stream()
                        .mapToInt(layer -> layer.weight().shape().get(0))
                        .sum()];
        int at = 0;
        for (LinearLayers.Layer layer : layers) {
            if (layer.bias() != null) {
                float[] bias = array(layer.bias());
                System.arraycopy(bias, 0, joined, at, bias.length);
            }
            at += layer.weight().shape().get(0);
        }
        return joined;
    }

    /** Returns a tensor's bytes in native memory: themselves where they are there. */
    static ByteBuffer direct(ByteBuffer data) {
        return data.isDirect() ? data : copy(data);
    }

    /** Returns a copy in native memory. */
    static ByteBuffer copy(ByteBuffer data) {
        ByteBuffer copy = allocate(data.remaining());
        copy.put(data).flip();
        return copy;
    }

    private static ByteBuffer converted(Tensor tensor) {
        long count = tensor.elementCount();
        ByteBuffer target = allocate(count * Float.BYTES);
        float[] slice = new float[(int) Math.min(SLICE, count)];
        for (int start = 0; start < count; start += slice.length) {
            if (count - start < slice.length) {
                slice = new float[(int) (count - start)];
            }
            tensor.copyTo(start, slice);
            target.asFloatBuffer().put(start, slice);
        }
        return target;
    }

    /**
     * Returns native memory.
     *
     * @throws EngineUnavailableException if there is not as much
     */
    public static ByteBuffer allocate(long bytes) {
        if (bytes > Integer.MAX_VALUE) {
            throw new EngineUnavailableException(
                    "ONNX Runtime needs a buffer of " + bytes + " bytes, but Java allows at most " + Integer.MAX_VALUE
                            + ". Use a smaller batch, fewer beams or a smaller model.");
        }
        try {
            return ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
        } catch (OutOfMemoryError e) {
            throw new EngineUnavailableException(
                    "Cannot allocate " + bytes + " bytes of native memory. Increase the limit with"
                            + " -XX:MaxDirectMemorySize, or use a smaller model.",
                    e);
        }
    }

    static List<Long> longs(List<Integer> shape) {
        return shape.stream().map(Integer::longValue).toList();
    }

    static boolean isRowQuantized(Tensor tensor) {
        return tensor.type() == DataType.I8;
    }
}
