package io.github.whisperspeedtest.checkpoint.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/**
 * Writes a tensor's elements as floating-point numbers of another size.
 *
 * <p>It works in slices, so that the largest tensor needs no more memory than a small one.
 */
public final class ElementWriter {
    private static final int SLICE_ELEMENTS = 1 << 16;

    private ElementWriter() {}

    /**
     * Writes all elements, little-endian and rounded to nearest; those of the right type already are written as they are.
     *
     * @param type {@link DataType#F32} or {@link DataType#F16}
     * @throws IllegalArgumentException if {@code type} is another one
     * @throws IOException if the channel fails
     */
    public static void write(Tensor tensor, DataType type, WritableByteChannel channel) throws IOException {
        if (type != DataType.F32 && type != DataType.F16) {
            throw new IllegalArgumentException("Elements are written as F32 or F16, not as " + type);
        }
        if (tensor.type() == type && !tensor.isGenerated()) {
            writeAll(tensor.data(), channel);
            return;
        }
        int count = Math.toIntExact(tensor.elementCount());
        float[] slice = new float[Math.min(count, SLICE_ELEMENTS)];
        ByteBuffer bytes = ByteBuffer.allocate(slice.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int start = 0; start < count; start += slice.length) {
            if (count - start < slice.length) {
                slice = new float[count - start];
            }
            tensor.copyTo(start, slice);
            put(slice, type, bytes.clear());
            writeAll(bytes.flip(), channel);
        }
    }

    private static void put(float[] values, DataType type, ByteBuffer target) {
        for (float value : values) {
            if (type == DataType.F32) {
                target.putFloat(value);
            } else {
                target.putShort(HalfFloats.fromFloat(value));
            }
        }
    }

    /**
     * Writes bytes until none remains.
     *
     * @throws IOException if the channel fails
     */
    public static void writeAll(ByteBuffer bytes, WritableByteChannel channel) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
