package io.github.whisperspeedtest.checkpoint.tensor;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A matrix of packed codes with a scale and a bias for each group along a row, as quantized by MLX: an element is
 * {@code scale * code + bias}.
 *
 * <p>A row of codes is a stream of bits, the lowest bit of the lowest byte first. Source: {@code affine_quantize} in
 * mlx/ops.cpp and mlx/backend/cpu/quantized.cpp of ml-explore/mlx.
 */
public final class GroupedMatrix {
    private static final int WORD_BITS = 32;

    private final int bits;
    private final int groupSize;
    private final StoredArray codes;
    private final Tensor scales;
    private final Tensor biases;

    /**
     * Creates a matrix over its parts.
     *
     * @param bits bits of one code, from 1 to 8
     * @param groupSize how many codes share a scale
     * @param codes unsigned 32-bit words {@code [rows, columns * bits / 32]}
     * @param scales {@code [rows, columns / groupSize]}
     * @param biases of the same shape
     * @throws IllegalArgumentException if the shapes do not fit each other
     */
    public GroupedMatrix(int bits, int groupSize, StoredArray codes, Tensor scales, Tensor biases) {
        this.bits = bits;
        this.groupSize = groupSize;
        this.codes = codes;
        this.scales = scales;
        this.biases = biases;
        if (bits < 1 || bits > Byte.SIZE || groupSize < 1 || scales.shape().size() != 2) {
            throw new IllegalArgumentException("No matrix has codes of " + bits + " bits in groups of " + groupSize
                    + " with scales " + scales.shape());
        }
        long words = (long) columns() * bits / WORD_BITS;
        if (!codes.type().equals("U32")
                || !codes.shape().equals(List.of(rows(), Math.toIntExact(words)))
                || (long) columns() * bits % WORD_BITS != 0
                || !biases.shape().equals(scales.shape())) {
            throw new IllegalArgumentException(
                    "Codes " + codes.type() + codes.shape() + " of " + bits + " bits in groups of " + groupSize
                            + " do not fit scales " + scales.shape() + " and biases " + biases.shape());
        }
    }

    /** Describes the bit widths of the codes among some tensors, such as {@code 4-bit and 8-bit}; empty where there are none. */
    public static String describe(Collection<Tensor> tensors) {
        return tensors.stream()
                .flatMap(tensor -> tensor.groups().stream())
                .map(GroupedMatrix::bits)
                .distinct()
                .sorted()
                .map(count -> count + "-bit")
                .collect(Collectors.joining(" and "));
    }

    /** Returns the bits of one code. */
    public int bits() {
        return bits;
    }

    /** Returns how many codes share a scale. */
    public int groupSize() {
        return groupSize;
    }

    /** Returns the number of rows. */
    public int rows() {
        return scales.shape().get(0);
    }

    /** Returns the number of elements in a row. */
    public int columns() {
        return Math.multiplyExact(scales.shape().get(1), groupSize);
    }

    /** Returns the packed codes. */
    public StoredArray codes() {
        return codes;
    }

    /** Returns the scales, {@code [rows, columns / groupSize]}. */
    public Tensor scales() {
        return scales;
    }

    /** Returns the biases, {@code [rows, columns / groupSize]}. */
    public Tensor biases() {
        return biases;
    }

    /**
     * Unpacks a row of codes, which are unsigned.
     *
     * @param target where they go, one a byte, as many as there are columns
     */
    public void unpack(int row, byte[] target) {
        int rowBytes = columns() * bits / Byte.SIZE;
        ByteBuffer packed = codes.data((long) row * rowBytes, rowBytes);
        int mask = (1 << bits) - 1;
        int held = 0;
        int heldBits = 0;
        for (int i = 0; i < target.length; i++) {
            if (heldBits < bits) {
                held |= Byte.toUnsignedInt(packed.get()) << heldBits;
                heldBits += Byte.SIZE;
            }
            target[i] = (byte) (held & mask);
            held >>>= bits;
            heldBits -= bits;
        }
    }

    /** Puts elements into a little-endian buffer of 32-bit floats until it is full. */
    void dequantize(long start, ByteBuffer target) {
        int columns = columns();
        byte[] row = new byte[columns];
        float[] rowScales = new float[columns / groupSize];
        float[] rowBiases = new float[columns / groupSize];
        int index = Math.toIntExact(start / columns);
        int column = (int) (start % columns);
        while (target.hasRemaining()) {
            unpack(index, row);
            scales.copyTo(index * rowScales.length, rowScales);
            biases.copyTo(index * rowBiases.length, rowBiases);
            for (; column < columns && target.hasRemaining(); column++) {
                int group = column / groupSize;
                target.putFloat(rowScales[group] * Byte.toUnsignedInt(row[column]) + rowBiases[group]);
            }
            column = 0;
            index++;
        }
    }
}
