package io.github.whisperspeedtest.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * An array of numbers, row-major, the last dimension varying fastest.
 *
 * <p>Immutable as far as callers go: {@link #data()} hands out read-only views.
 */
public final class Tensor {
    private final DataType type;
    private final List<Integer> shape;
    private final ByteBuffer data;

    /**
     * Creates a tensor over a buffer, without copying it.
     *
     * @param type type of the elements
     * @param shape size of each dimension
     * @param data exactly the elements, from position to limit
     * @throws IllegalArgumentException if the buffer's length does not fit type and shape
     */
    public Tensor(DataType type, List<Integer> shape, ByteBuffer data) {
        this.type = type;
        this.shape = List.copyOf(shape);
        this.data = data.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        long expected = elementCount() * type.bytes();
        if (this.data.remaining() != expected) {
            throw new IllegalArgumentException(
                    "A tensor of " + type + shape + " needs " + expected + " bytes, but got " + this.data.remaining());
        }
    }

    /** Returns the type of the elements. */
    public DataType type() {
        return type;
    }

    /** Returns the size of each dimension, the slowest first. */
    public List<Integer> shape() {
        return shape;
    }

    /** Returns the number of elements. */
    public long elementCount() {
        long count = 1;
        for (int size : shape) {
            count = Math.multiplyExact(count, (long) size);
        }
        return count;
    }

    /** Returns a read-only little-endian view of the elements' bytes. */
    public ByteBuffer data() {
        return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Copies elements out as 32-bit floats: {@code target.length} of them from index {@code start} on. */
    public void copyTo(int start, float[] target) {
        ByteBuffer bytes = data();
        for (int i = 0; i < target.length; i++) {
            int at = (start + i) * type.bytes();
            target[i] = switch (type) {
                case F32 -> bytes.getFloat(at);
                case F16 -> HalfFloats.toFloat(bytes.getShort(at));
                case BF16 -> Float.intBitsToFloat(bytes.getShort(at) << 16);
            };
        }
    }
}
