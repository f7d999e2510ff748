package io.github.whisperspeedtest.mlx.bindings;

import com.sun.jna.Pointer;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A piece of computation: its operations are evaluated together by {@link #eval} or {@link #read}.
 *
 * <p>Arrays created here are freed when the graph is closed, except those released by {@link #keep}. Operations and
 * shapes are those of the MLX functions of the same name. Used only on MLX's thread, see {@link MlxRuntime#call}.
 */
public final class MlxGraph implements AutoCloseable {
    /** Axes that bring {@code [batch, heads, rows, width]} to {@code [batch, rows, heads, width]} and back. */
    private static final int[] HEADS_AND_ROWS = {0, 2, 1, 3};

    private final MlxRuntime runtime;
    private final long stream;
    private final Set<MlxArray> arrays = new LinkedHashSet<>();

    MlxGraph(MlxRuntime runtime, MlxDevice device) {
        this.runtime = runtime;
        stream = runtime.stream(device);
    }

    /** Releases an array from the graph; the new owner closes it. */
    public MlxArray keep(MlxArray array) {
        arrays.remove(array);
        return array;
    }

    /** Makes the graph the owner of an array, which is freed with it. */
    public MlxArray adopt(MlxArray array) {
        arrays.add(array);
        return array;
    }

    /** Returns an array of one number, of 32 bits. */
    public MlxArray scalar(float value) {
        return created(MlxC.mlx_array_new_float32(value));
    }

    /**
     * Returns an array with a copy of some memory.
     *
     * @param elements exactly the elements, little-endian, in native memory
     */
    public MlxArray array(ByteBuffer elements, MlxType type, int... shape) {
        if (!elements.isDirect()) {
            throw new IllegalArgumentException("Elements must be in native memory");
        }
        long address = MlxRuntime.address(elements) + elements.position();
        try {
            return created(MlxC.mlx_array_new_data(address, runtime.integers(0, shape), shape.length, type.code()));
        } finally {
            // Only its address is used above: the collector could give its memory back during the copy.
            Reference.reachabilityFence(elements);
        }
    }

    /** Returns an array of indices. */
    public MlxArray indices(int[][] rows) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(rows.length * rows[0].length * Integer.BYTES)
                .order(ByteOrder.nativeOrder());
        for (int[] row : rows) {
            for (int value : row) {
                bytes.putInt(value);
            }
        }
        return array(bytes.flip(), MlxType.INT32, rows.length, rows[0].length);
    }

    /** Returns an array of zeros. */
    public MlxArray zeros(MlxType type, int... shape) {
        return result(MlxC.mlx_zeros(runtime.result(), runtime.integers(0, shape), shape.length, type.code(), stream));
    }

    /** Returns a sum. */
    public MlxArray add(MlxArray left, MlxArray right) {
        return result(MlxC.mlx_add(runtime.result(), left.handle(), right.handle(), stream));
    }

    /** Returns a product, element by element. */
    public MlxArray multiply(MlxArray left, MlxArray right) {
        return result(MlxC.mlx_multiply(runtime.result(), left.handle(), right.handle(), stream));
    }

    /** Returns the error function of each element. */
    public MlxArray erf(MlxArray array) {
        return result(MlxC.mlx_erf(runtime.result(), array.handle(), stream));
    }

    /** Returns the product of matrices. */
    public MlxArray matmul(MlxArray left, MlxArray right) {
        return result(MlxC.mlx_matmul(runtime.result(), left.handle(), right.handle(), stream));
    }

    /** Returns the product of matrices plus a bias. */
    public MlxArray addmm(MlxArray bias, MlxArray left, MlxArray right) {
        return result(MlxC.mlx_addmm(runtime.result(), bias.handle(), left.handle(), right.handle(), 1, 1, stream));
    }

    /**
     * Returns the product with a quantised matrix that lies transposed, {@code [out, in]}.
     *
     * @param codes packed codes
     * @param scales a scale for each group
     * @param biases a bias for each group
     */
    public MlxArray quantizedMatmul(
            MlxArray input, MlxArray codes, MlxArray scales, MlxArray biases, int groupSize, int bits) {
        return result(MlxC.mlx_quantized_matmul(
                runtime.result(),
                input.handle(),
                codes.handle(),
                scales.handle(),
                biases.handle(),
                MlxRuntime.TRUE,
                MlxRuntime.optional(groupSize),
                MlxRuntime.optional(bits),
                runtime.affineMode(),
                stream));
    }

    /** Returns what quantised rows stand for, in the type of the scales. */
    public MlxArray dequantize(MlxArray codes, MlxArray scales, MlxArray biases, int groupSize, int bits) {
        return result(MlxC.mlx_dequantize(
                runtime.result(),
                codes.handle(),
                scales.handle(),
                biases.handle(),
                MlxRuntime.optional(groupSize),
                MlxRuntime.optional(bits),
                runtime.affineMode(),
                0,
                MlxRuntime.NOTHING,
                stream));
    }

    /**
     * Returns a convolution over rows.
     *
     * @param input {@code [windows, rows, in]}
     * @param weight {@code [out, kernel, in]}
     */
    public MlxArray conv1d(MlxArray input, MlxArray weight, int stride, int padding) {
        return result(
                MlxC.mlx_conv1d(runtime.result(), input.handle(), weight.handle(), stride, padding, 1, 1, stream));
    }

    /** Returns rows that are normalised. */
    public MlxArray layerNorm(MlxArray input, MlxArray weight, MlxArray bias, float epsilon) {
        return result(MlxC.mlx_fast_layer_norm(
                runtime.result(), input.handle(), weight.handle(), bias.handle(), epsilon, stream));
    }

    /**
     * Returns attention.
     *
     * @param queries {@code [batch, heads, rows, width]}
     * @param keys {@code [batch, heads, positions, width]}
     * @param values {@code [batch, heads, positions, width]}
     * @param causal whether the last row sees all positions, the one before it all but the last, and so on
     */
    public MlxArray attention(MlxArray queries, MlxArray keys, MlxArray values, float scale, boolean causal) {
        return result(MlxC.mlx_fast_scaled_dot_product_attention(
                runtime.result(),
                queries.handle(),
                keys.handle(),
                values.handle(),
                scale,
                runtime.maskMode(causal),
                0,
                0,
                stream));
    }

    /** Returns the elements in another type. */
    public MlxArray astype(MlxArray array, MlxType type) {
        return result(MlxC.mlx_astype(runtime.result(), array.handle(), type.code(), stream));
    }

    /** Returns the elements in row-major order in memory of their own. */
    public MlxArray contiguous(MlxArray array) {
        return result(MlxC.mlx_contiguous(runtime.result(), array.handle(), MlxRuntime.FALSE, stream));
    }

    /** Returns the elements in another shape. */
    public MlxArray reshape(MlxArray array, int... shape) {
        return result(
                MlxC.mlx_reshape(runtime.result(), array.handle(), runtime.integers(0, shape), shape.length, stream));
    }

    /** Returns the dimensions in another order. */
    public MlxArray transpose(MlxArray array, int... axes) {
        return result(MlxC.mlx_transpose_axes(
                runtime.result(), array.handle(), runtime.integers(0, axes), axes.length, stream));
    }

    /** Returns {@code [batch, rows, heads * width]} as {@code [batch, heads, rows, width]}. */
    public MlxArray splitHeads(MlxArray array, int batch, int rows, int heads, int width) {
        return transpose(reshape(array, batch, rows, heads, width), HEADS_AND_ROWS);
    }

    /** Returns {@code [batch, heads, rows, width]} as an array of another shape with the widths of a row side by side. */
    public MlxArray joinHeads(MlxArray array, int... shape) {
        return reshape(transpose(array, HEADS_AND_ROWS), shape);
    }

    /** Returns some of the rows along an axis. */
    public MlxArray take(MlxArray array, MlxArray indices, int axis) {
        return result(MlxC.mlx_take_axis(runtime.result(), array.handle(), indices.handle(), axis, stream));
    }

    /** Returns arrays one after the other along an axis. */
    public MlxArray concatenate(List<MlxArray> parts, int axis) {
        long vector = vector(parts);
        try {
            return result(MlxC.mlx_concatenate_axis(runtime.result(), vector, axis, stream));
        } finally {
            MlxC.mlx_vector_array_free(vector);
        }
    }

    /** Returns the part of an array from some indices up to others. */
    public MlxArray slice(MlxArray array, int[] start, int[] stop) {
        int count = start.length;
        return result(MlxC.mlx_slice(
                runtime.result(),
                array.handle(),
                runtime.integers(0, start),
                count,
                runtime.integers(1, stop),
                count,
                runtime.ones(),
                count,
                stream));
    }

    /** Returns an array with a part replaced, in place if nothing else references the old array at evaluation. */
    public MlxArray sliceUpdate(MlxArray array, MlxArray update, int[] start, int[] stop) {
        int count = start.length;
        return result(MlxC.mlx_slice_update(
                runtime.result(),
                array.handle(),
                update.handle(),
                runtime.integers(0, start),
                count,
                runtime.integers(1, stop),
                count,
                runtime.ones(),
                count,
                stream));
    }

    /** Applies a compiled function to an array. */
    public MlxArray apply(MlxFunction function, MlxArray array) {
        long arguments = MlxC.mlx_vector_array_new_value(array.handle());
        long results = 0;
        try {
            results = function.apply(arguments);
            return result(MlxC.mlx_vector_array_get(runtime.result(), results, 0));
        } finally {
            MlxC.mlx_vector_array_free(arguments);
            if (results != 0) {
                MlxC.mlx_vector_array_free(results);
            }
        }
    }

    /**
     * Carries out all that some arrays need; all others of this graph are freed first, so that MLX can use their memory again while it
     * computes.
     */
    public void eval(List<MlxArray> wanted) {
        Set<MlxArray> left = new HashSet<>(wanted);
        arrays.removeIf(array -> {
            if (left.contains(array)) {
                return false;
            }
            array.close();
            return true;
        });
        long vector = vector(wanted);
        try {
            runtime.check(MlxC.mlx_eval(vector));
        } finally {
            MlxC.mlx_vector_array_free(vector);
        }
    }

    /**
     * Carries out all that an array and others need, as {@link #eval} does, and copies the array's elements out.
     *
     * @param rows where they go, one row after the other, as many as there are elements
     */
    public void read(MlxArray array, float[][] rows, List<MlxArray> others) {
        MlxArray floats = contiguous(astype(array, MlxType.FLOAT32));
        List<MlxArray> wanted = new ArrayList<>(others);
        wanted.add(floats);
        eval(wanted);
        long count = Arrays.stream(rows).mapToLong(row -> row.length).sum();
        if (MlxC.mlx_array_size(floats.handle()) != count) {
            throw new IllegalArgumentException("There is room for " + count + " elements, but the array has "
                    + MlxC.mlx_array_size(floats.handle()));
        }
        Pointer elements = new Pointer(MlxC.mlx_array_data_float32(floats.handle()));
        long offset = 0;
        for (float[] row : rows) {
            elements.read(offset, row, 0, row.length);
            offset += (long) row.length * Float.BYTES;
        }
    }

    private static long vector(List<MlxArray> parts) {
        long vector = MlxC.mlx_vector_array_new();
        for (MlxArray part : parts) {
            MlxC.mlx_vector_array_append_value(vector, part.handle());
        }
        return vector;
    }

    private MlxArray created(long handle) {
        runtime.checkCreated(handle);
        return adopt(new MlxArray(handle));
    }

    private MlxArray result(int status) {
        runtime.check(status);
        return adopt(new MlxArray(runtime.takeResult()));
    }

    @Override
    public void close() {
        arrays.forEach(MlxArray::close);
        arrays.clear();
    }
}
