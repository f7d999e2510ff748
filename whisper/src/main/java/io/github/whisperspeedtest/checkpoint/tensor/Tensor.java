package io.github.whisperspeedtest.checkpoint.tensor;

import io.github.whisperspeedtest.error.ModelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An array of numbers, row-major, the last dimension varying fastest.
 *
 * <p>Immutable: {@link #data()} returns read-only views. The elements are in memory, in a file that is mapped while in
 * use (and must not be changed or shortened meanwhile), or generated on access.
 */
public final class Tensor {
    private static final float[] NO_SCALES = new float[0];

    private final DataType type;
    private final List<Integer> shape;
    private final Elements elements;
    private final float[] rowScales;
    private final @Nullable GroupedMatrix groups;
    private final @Nullable String dequantizedFrom;

    /**
     * Creates a tensor over a buffer, without copying it.
     *
     * @param type type of the elements, not {@link DataType#I8}
     * @param shape size of each dimension
     * @param data exactly the elements, from position to limit
     * @throws IllegalArgumentException if the buffer's length does not fit type and shape
     */
    public Tensor(DataType type, List<Integer> shape, ByteBuffer data) {
        this(type, shape, Elements.inMemory(data));
    }

    Tensor(DataType type, List<Integer> shape, Elements elements) {
        this(type, shape, elements, NO_SCALES, null, null);
    }

    private Tensor(
            DataType type,
            List<Integer> shape,
            Elements elements,
            float[] rowScales,
            @Nullable GroupedMatrix groups,
            @Nullable String dequantizedFrom) {
        this.type = type;
        this.groups = groups;
        this.dequantizedFrom = dequantizedFrom;
        this.shape = List.copyOf(shape);
        this.elements = elements;
        this.rowScales = rowScales;
        if (type == DataType.I8 && (shape.isEmpty() || rowScales.length != shape.get(0))) {
            throw new IllegalArgumentException(
                    "A tensor of I8" + shape + " needs a scale for each row, but got " + rowScales.length);
        }
        long expected = elementCount() * type.bytes();
        if (elements.length() != expected) {
            throw new IllegalArgumentException(
                    "A tensor of " + type + shape + " needs " + expected + " bytes, but got " + elements.length());
        }
    }

    /**
     * Creates a tensor over a part of a file; nothing is read before it is used.
     *
     * @param type type of the elements, not {@link DataType#I8}
     * @param shape size of each dimension
     * @param region exactly the elements
     * @throws IllegalArgumentException if the region's length does not fit type and shape
     */
    public static Tensor inFile(DataType type, List<Integer> shape, FileRegion region) {
        return new Tensor(type, shape, new Elements.InFile(region));
    }

    /**
     * Creates a tensor whose elements are generated on each access, so it takes no memory.
     *
     * @param type type of the elements, not {@link DataType#I8}
     * @param shape size of each dimension
     * @param generator makes the elements, the same ones every time
     */
    public static Tensor generated(DataType type, List<Integer> shape, Generator generator) {
        return new Tensor(type, shape, new Elements.Generated(count(shape) * type.bytes(), type.bytes(), generator));
    }

    /**
     * Creates a tensor of signed bytes over a buffer, without copying it.
     *
     * @param shape size of each dimension, at least one
     * @param data exactly the elements, from position to limit
     * @param rowScales scale of the elements for each index of the first dimension
     * @throws IllegalArgumentException if the buffer's length or the number of scales does not fit the shape
     */
    public static Tensor quantized(List<Integer> shape, ByteBuffer data, float[] rowScales) {
        return new Tensor(DataType.I8, shape, Elements.inMemory(data), rowScales.clone(), null, null);
    }

    /**
     * Creates a tensor of signed bytes over a part of a file; nothing is read before it is used.
     *
     * @param shape size of each dimension, at least one
     * @param region exactly the elements
     * @param rowScales for each index of the first dimension what its elements are to be multiplied with
     * @throws IllegalArgumentException if the region's length or the number of scales does not fit the shape
     */
    public static Tensor quantizedInFile(List<Integer> shape, FileRegion region, float[] rowScales) {
        return new Tensor(DataType.I8, shape, new Elements.InFile(region), rowScales.clone(), null, null);
    }

    /**
     * Creates a tensor of 32-bit floats over quantized elements, which are dequantized on each access.
     *
     * @param groups what {@link #groups()} returns
     */
    public static Tensor grouped(GroupedMatrix groups) {
        List<Integer> shape = List.of(groups.rows(), groups.columns());
        Elements elements = new Elements.Generated(count(shape) * Float.BYTES, Float.BYTES, groups::dequantize);
        return new Tensor(DataType.F32, shape, elements, NO_SCALES, groups, null);
    }

    /**
     * Creates a tensor of 32-bit floats over quantised elements that only the reader of their format knows. They are
     * dequantised on each access, so it takes no memory.
     *
     * @param quantization what {@link #dequantizedFrom()} returns, such as {@code q5_0}
     * @param shape size of each dimension
     * @param generator dequantises elements
     */
    public static Tensor dequantized(String quantization, List<Integer> shape, Generator generator) {
        Elements elements = new Elements.Generated(count(shape) * Float.BYTES, Float.BYTES, generator);
        return new Tensor(DataType.F32, shape, elements, NO_SCALES, null, Objects.requireNonNull(quantization));
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
        return count(shape);
    }

    private static long count(List<Integer> shape) {
        long count = 1;
        for (int size : shape) {
            count = Math.multiplyExact(count, (long) size);
        }
        return count;
    }

    /**
     * Returns a read-only little-endian view of the elements' bytes.
     *
     * @throws ModelException if they are in a file that cannot be read any more
     */
    public ByteBuffer data() {
        return elements.bytes(0, elements.length()).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Returns the part of a file that the elements are, empty where they are in memory. */
    public Optional<FileRegion> region() {
        return elements instanceof Elements.InFile inFile ? Optional.of(inFile.region()) : Optional.empty();
    }

    /**
     * Returns whether the elements are generated on access: {@link #data()} generates all of them, {@link #copyTo} only
     * the requested ones.
     */
    public boolean isGenerated() {
        return elements instanceof Elements.Generated;
    }

    /** Returns the quantised numbers that the elements are made of, empty where they are not. */
    public Optional<GroupedMatrix> groups() {
        return Optional.ofNullable(groups);
    }

    /** Returns how the file stores elements that its reader dequantises, empty for all other tensors. */
    public Optional<String> dequantizedFrom() {
        return Optional.ofNullable(dequantizedFrom);
    }

    /** Returns a copy of the scales of the rows, empty where the type has none. */
    public float[] rowScales() {
        return rowScales.clone();
    }

    /** Copies elements out as 32-bit floats: {@code target.length} of them from index {@code start} on. */
    public void copyTo(int start, float[] target) {
        long from = (long) start * type.bytes();
        ByteBuffer bytes =
                elements.bytes(from, (long) target.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        long rowLength = rowScales.length == 0 ? 1 : elementCount() / rowScales.length;
        for (int i = 0; i < target.length; i++) {
            int at = i * type.bytes();
            target[i] = switch (type) {
                case F32 -> bytes.getFloat(at);
                case F16 -> HalfFloats.toFloat(bytes.getShort(at));
                case BF16 -> Float.intBitsToFloat(bytes.getShort(at) << 16);
                case I8 -> bytes.get(at) * rowScales[(int) ((start + i) / rowLength)];
            };
        }
    }

    /** Makes the elements of a tensor. */
    public interface Generator {
        /**
         * Puts elements into a little-endian buffer until it is full.
         *
         * @param start index of the first one
         */
        void generate(long start, ByteBuffer target);
    }
}
