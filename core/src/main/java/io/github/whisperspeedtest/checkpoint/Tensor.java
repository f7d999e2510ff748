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
    private final float[] rowScales;

    /**
     * Creates a tensor over a buffer, without copying it.
     *
     * @param type type of the elements, not {@link DataType#I8}
     * @param shape size of each dimension
     * @param data exactly the elements, from position to limit
     * @throws IllegalArgumentException if the buffer's length does not fit type and shape
     */
    public Tensor(DataType type, List<Integer> shape, ByteBuffer data) {
        this(type, shape, data, new float[0]);
        if (type == DataType.I8) {
            throw new IllegalArgumentException("A tensor of I8 needs scales");
        }
    }

    private Tensor(DataType type, List<Integer> shape, ByteBuffer data, float[] rowScales) {
        this.type = type;
        this.rowScales = rowScales;
        this.shape = List.copyOf(shape);
        this.data = data.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        long expected = elementCount() * type.bytes();
        if (this.data.remaining() != expected) {
            throw new IllegalArgumentException(
                    "A tensor of " + type + shape + " needs " + expected + " bytes, but got " + this.data.remaining());
        }
    }

    /**
     * Creates a tensor of signed bytes over a buffer, without copying it.
     *
     * @param shape size of each dimension, at least one
     * @param data exactly the elements, from position to limit
     * @param rowScales for each index of the first dimension what its elements are to be multiplied with
     * @throws IllegalArgumentException if the buffer's length or the number of scales does not fit the shape
     */
    public static Tensor quantized(List<Integer> shape, ByteBuffer data, float[] rowScales) {
        if (shape.isEmpty() || rowScales.length != shape.get(0)) {
            throw new IllegalArgumentException(
                    "A tensor of I8" + shape + " needs a scale for each row, but got " + rowScales.length);
        }
        return new Tensor(DataType.I8, shape, data, rowScales.clone());
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

    /** Returns a copy of the scales of the rows, empty where the type has none. */
    public float[] rowScales() {
        return rowScales.clone();
    }

    /** Copies elements out as 32-bit floats: {@code target.length} of them from index {@code start} on. */
    public void copyTo(int start, float[] target) {
        ByteBuffer bytes = data();
        long rowLength = rowScales.length == 0 ? 1 : elementCount() / rowScales.length;
        for (int i = 0; i < target.length; i++) {
            int at = (start + i) * type.bytes();
            target[i] = switch (type) {
                case F32 -> bytes.getFloat(at);
                case F16 -> HalfFloats.toFloat(bytes.getShort(at));
                case BF16 -> Float.intBitsToFloat(bytes.getShort(at) << 16);
                case I8 -> bytes.get(at) * rowScales[(int) ((start + i) / rowLength)];
            };
        }
    }
}
