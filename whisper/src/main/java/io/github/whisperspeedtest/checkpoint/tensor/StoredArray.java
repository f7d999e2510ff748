package io.github.whisperspeedtest.checkpoint.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * An array of any type in a file. Most are weights, converted by {@link #tensor()}; others are auxiliary.
 *
 * <p>Immutable, row-major and little-endian. An array in a file is mapped while in use.
 */
public final class StoredArray {
    /** Source: the README of huggingface/safetensors; what has more than one element to a byte is left out. */
    private static final Map<String, Integer> ELEMENT_BYTES = Map.ofEntries(
            Map.entry("BOOL", 1),
            Map.entry("U8", 1),
            Map.entry("I8", 1),
            Map.entry("F8_E5M2", 1),
            Map.entry("F8_E4M3", 1),
            Map.entry("U16", 2),
            Map.entry("I16", 2),
            Map.entry("F16", 2),
            Map.entry("BF16", 2),
            Map.entry("U32", 4),
            Map.entry("I32", 4),
            Map.entry("F32", 4),
            Map.entry("U64", 8),
            Map.entry("I64", 8),
            Map.entry("F64", 8));

    private final String type;
    private final List<Integer> shape;
    private final Elements elements;

    private StoredArray(String type, List<Integer> shape, Elements elements) {
        this.type = Objects.requireNonNull(type, "type");
        this.shape = List.copyOf(shape);
        this.elements = elements;
        long expected = byteCount(type, shape);
        if (elements.length() != expected) {
            throw new IllegalArgumentException(
                    "An array of " + type + shape + " needs " + expected + " bytes, but got " + elements.length());
        }
    }

    /** Returns the size of one element in bytes, empty for a type that is not known. */
    public static Optional<Integer> elementBytes(String type) {
        return Optional.ofNullable(ELEMENT_BYTES.get(type));
    }

    /**
     * Returns how many bytes an array's elements take.
     *
     * @throws ArithmeticException if they cannot be counted
     * @throws IllegalArgumentException if the type is not known
     */
    public static long byteCount(String type, List<Integer> shape) {
        long count = elementBytes(type)
                .orElseThrow(() -> new IllegalArgumentException("No array has elements of type " + type));
        for (int size : shape) {
            count = Math.multiplyExact(count, (long) size);
        }
        return count;
    }

    /**
     * Creates an array over a part of a file; nothing is read before it is used.
     *
     * @param type what safetensors calls the type of its elements, such as {@code U32}
     * @param shape size of each dimension
     * @param region exactly the elements
     * @throws IllegalArgumentException if the type is not known, or the region's length does not fit type and shape
     */
    public static StoredArray inFile(String type, List<Integer> shape, FileRegion region) {
        return new StoredArray(type, shape, new Elements.InFile(region));
    }

    /**
     * Creates an array over a buffer, without copying it.
     *
     * @param type what safetensors calls the type of its elements, such as {@code U32}
     * @param shape size of each dimension
     * @param data exactly the elements, from position to limit
     * @throws IllegalArgumentException if the type is not known, or the buffer's length does not fit type and shape
     */
    public static StoredArray of(String type, List<Integer> shape, ByteBuffer data) {
        return new StoredArray(type, shape, Elements.inMemory(data));
    }

    /** Returns what safetensors calls the type of the elements. */
    public String type() {
        return type;
    }

    /** Returns the size of each dimension, the slowest first. */
    public List<Integer> shape() {
        return shape;
    }

    /**
     * Returns a read-only little-endian view of the elements' bytes.
     *
     * @throws io.github.whisperspeedtest.error.ModelException if they are in a file that cannot be read any more
     */
    public ByteBuffer data() {
        return data(0, elements.length());
    }

    /** Returns a view of some bytes. */
    ByteBuffer data(long from, long count) {
        return elements.bytes(from, count).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Returns the part of a file that the elements are, empty where they are in memory. */
    public Optional<FileRegion> region() {
        return elements instanceof Elements.InFile inFile ? Optional.of(inFile.region()) : Optional.empty();
    }

    /** Returns the type as that of a tensor, empty where no tensor has it. */
    public Optional<DataType> tensorType() {
        return Arrays.stream(DataType.values())
                .filter(candidate ->
                        candidate != DataType.I8 && candidate.name().equals(type))
                .findFirst();
    }

    /**
     * Returns the array as a tensor, over the same bytes.
     *
     * @throws IllegalStateException if no tensor has elements of this type
     */
    public Tensor tensor() {
        DataType tensorType =
                tensorType().orElseThrow(() -> new IllegalStateException("No tensor has elements of type " + type));
        return new Tensor(tensorType, shape, elements);
    }
}
