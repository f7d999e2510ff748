package io.github.whisperspeedtest.mlx.bindings;

import com.sun.jna.Callback;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * The functions of mlx-c that this backend calls, under their names in the headers {@code mlx/c/*.h} of 0.6.
 *
 * <p>A handle is a structure of one pointer, which both calling conventions of 64-bit Unix pass and return as they do a pointer; here it
 * is a {@code long}, as are addresses and sizes, since JNA maps primitives without a copy. An optional number is a structure of eight bytes
 * and one {@code long} too. What creates a handle returns it; every other function writes to the address that comes first, frees what
 * was there before, and returns 0, or another number once it has called the error handler.
 */
final class MlxC {
    private MlxC() {}

    /** Is told why a call failed; {@code mlx_error_handler_func}. */
    interface ErrorHandler extends Callback {
        /** Called on the thread whose call fails, before it returns. */
        void invoke(Pointer message, Pointer data);
    }

    /** A function of one array; the argument of {@code mlx_closure_new_unary}. */
    interface UnaryFunction extends Callback {
        /** Writes the result to an address and returns 0. */
        int invoke(long result, long array);
    }

    /**
     * Binds all functions to a library.
     *
     * @throws UnsatisfiedLinkError naming the first function that the library has not
     */
    static void bind(NativeLibrary library) {
        Native.register(MlxC.class, library);
    }

    static native void mlx_set_error_handler(ErrorHandler handler, long data, long destructor);

    static native long mlx_string_new();

    static native Pointer mlx_string_data(long string);

    static native int mlx_string_free(long string);

    static native int mlx_version(long result);

    static native long mlx_device_new_type(int type, int index);

    static native int mlx_device_is_available(long result, long device);

    static native int mlx_device_free(long device);

    static native long mlx_default_cpu_stream_new();

    static native long mlx_default_gpu_stream_new();

    static native long mlx_device_info_new();

    static native int mlx_device_info_get(long result, long device);

    static native int mlx_device_info_get_size(long result, long info, long key);

    static native int mlx_device_info_free(long info);

    static native int mlx_clear_cache();

    static native int mlx_set_cache_limit(long result, long limit);

    static native int mlx_get_active_memory(long result);

    static native long mlx_array_new_float32(float value);

    static native long mlx_array_new_data(long data, long shape, int dimensions, int type);

    static native int mlx_array_free(long array);

    static native int mlx_array_set(long result, long array);

    static native long mlx_array_size(long array);

    static native int mlx_array_dim(long array, int dimension);

    static native long mlx_array_data_float32(long array);

    static native long mlx_vector_array_new();

    static native long mlx_vector_array_new_value(long array);

    static native int mlx_vector_array_append_value(long vector, long array);

    static native int mlx_vector_array_get(long result, long vector, long index);

    static native int mlx_vector_array_free(long vector);

    static native int mlx_eval(long arrays);

    static native long mlx_closure_new_unary(UnaryFunction function);

    static native int mlx_closure_apply(long result, long closure, long arrays);

    static native int mlx_closure_free(long closure);

    static native int mlx_compile(long result, long closure, byte shapeless);

    static native int mlx_add(long result, long left, long right, long stream);

    static native int mlx_multiply(long result, long left, long right, long stream);

    static native int mlx_erf(long result, long array, long stream);

    static native int mlx_matmul(long result, long left, long right, long stream);

    static native int mlx_addmm(long result, long sum, long left, long right, float alpha, float beta, long stream);

    static native int mlx_quantized_matmul(
            long result,
            long input,
            long codes,
            long scales,
            long biases,
            byte transposed,
            long groupSize,
            long bits,
            long mode,
            long stream);

    static native int mlx_dequantize(
            long result,
            long codes,
            long scales,
            long biases,
            long groupSize,
            long bits,
            long mode,
            long globalScale,
            long type,
            long stream);

    static native int mlx_conv1d(
            long result, long input, long weight, int stride, int padding, int dilation, int groups, long stream);

    static native int mlx_fast_layer_norm(long result, long input, long weight, long bias, float epsilon, long stream);

    static native int mlx_fast_scaled_dot_product_attention(
            long result,
            long queries,
            long keys,
            long values,
            float scale,
            long maskMode,
            long mask,
            long sinks,
            long stream);

    static native int mlx_astype(long result, long array, int type, long stream);

    static native int mlx_contiguous(long result, long array, byte allowColumnMajor, long stream);

    static native int mlx_reshape(long result, long array, long shape, long dimensions, long stream);

    static native int mlx_transpose_axes(long result, long array, long axes, long dimensions, long stream);

    static native int mlx_zeros(long result, long shape, long dimensions, int type, long stream);

    static native int mlx_take_axis(long result, long array, long indices, int axis, long stream);

    static native int mlx_concatenate_axis(long result, long arrays, int axis, long stream);

    static native int mlx_slice(
            long result,
            long array,
            long start,
            long startSize,
            long stop,
            long stopSize,
            long strides,
            long stridesSize,
            long stream);

    static native int mlx_slice_update(
            long result,
            long array,
            long update,
            long start,
            long startSize,
            long stop,
            long stopSize,
            long strides,
            long stridesSize,
            long stream);
}
