package io.github.whisperspeedtest.onnx.graph;

import io.github.whisperspeedtest.checkpoint.tensor.GroupedMatrix;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Grouped matrices, stacked vertically, as the operands of {@code MatMulNBits}.
 *
 * <p>Codes of 2 and 3 bits are widened to 4 bits, codes of 5 and 6 bits to 8. Bytes can also be split into two
 * half-bytes, the high ones of a row before the low ones with 16 times the scale, for an input that is duplicated
 * accordingly.
 */
final class GroupBlocks {
    private static final int HALF_BYTE = 4;
    private static final int HALF_BYTE_MASK = 15;

    private final List<GroupedMatrix> matrices;
    private final List<GroupOffsets> offsets;
    private final boolean inHalves;
    private final int codeBits;

    /**
     * Creates the operands.
     *
     * @param matrices matrices with the same bits, group size and number of columns
     * @param inHalves whether to split bytes into half-bytes
     */
    GroupBlocks(List<GroupedMatrix> matrices, boolean inHalves) {
        this.matrices = matrices;
        this.inHalves = inHalves;
        codeBits = matrices.get(0).bits() > HALF_BYTE ? Byte.SIZE : HALF_BYTE;
        offsets = matrices.stream()
                .map(matrix -> GroupOffsets.of(matrix, codeBits))
                .toList();
    }

    /** Returns the bits of a number in the operator. */
    int bits() {
        return inHalves ? HALF_BYTE : codeBits;
    }

    /** Returns the number of rows, one for each output. */
    int rows() {
        return matrices.stream().mapToInt(GroupedMatrix::rows).sum();
    }

    /** Returns the number of groups in a row. */
    int groups() {
        return matrices.get(0).columns() / blockSize();
    }

    /** Returns the numbers in a block, as many as in a group. */
    int blockSize() {
        return matrices.get(0).groupSize();
    }

    /** Returns the number of blocks in a row. */
    int blocks() {
        return inHalves ? 2 * groups() : groups();
    }

    /** Returns whether the groups have no remainder to add. */
    boolean isNegligible() {
        return offsets.stream().allMatch(GroupOffsets::isNegligible);
    }

    /** Adds the numbers to a graph. If they already have the operator's form, they are mapped from the model's file. */
    String addTo(GraphBuilder graph, String name) {
        GroupedMatrix first = matrices.get(0);
        List<Long> shape = List.of((long) rows(), (long) blocks(), (long) blockSize() * bits() / Byte.SIZE);
        boolean sameForm = first.bits() == bits();
        if (sameForm && matrices.size() == 1) {
            return graph.blocks(name, shape, first.codes());
        }
        ByteBuffer target = WeightBuffers.allocate(shape.get(0) * shape.get(1) * shape.get(2));
        for (GroupedMatrix matrix : matrices) {
            if (sameForm) {
                target.put(matrix.codes().data());
            } else {
                repack(matrix, target);
            }
        }
        return graph.blocks(name, shape, target.flip());
    }

    private void repack(GroupedMatrix matrix, ByteBuffer target) {
        byte[] row = new byte[matrix.columns()];
        for (int r = 0; r < matrix.rows(); r++) {
            matrix.unpack(r, row);
            if (inHalves) {
                putHalves(row, HALF_BYTE, target);
                putHalves(row, 0, target);
            } else if (codeBits == HALF_BYTE) {
                putHalves(row, 0, target);
            } else {
                target.put(row);
            }
        }
    }

    /** Writes four bits of each number, two numbers per byte. */
    private static void putHalves(byte[] row, int shift, ByteBuffer target) {
        for (int i = 0; i < row.length; i += 2) {
            target.put((byte) (half(row[i], shift) | half(row[i + 1], shift) << HALF_BYTE));
        }
    }

    private static int half(byte value, int shift) {
        return value >> shift & HALF_BYTE_MASK;
    }

    /** Returns the scale of each block, {@code [rows, blocks]}. */
    float[] scales() {
        float[] target = new float[Math.multiplyExact(rows(), blocks())];
        int at = 0;
        for (GroupOffsets each : offsets) {
            float[] scales = each.scales();
            for (int row = 0; row < scales.length; row += groups()) {
                if (inHalves) {
                    for (int i = 0; i < groups(); i++) {
                        target[at++] = scales[row + i] * (HALF_BYTE_MASK + 1);
                    }
                }
                System.arraycopy(scales, row, target, at, groups());
                at += groups();
            }
        }
        return target;
    }

    /** Returns the bytes of the zero points of a row; with four bits, two zero points share a byte. */
    int zeroPointBytes() {
        return (blocks() * bits() + Byte.SIZE - 1) / Byte.SIZE;
    }

    /** Returns the zero point of each block, {@code [rows, zeroPointBytes]}. */
    ByteBuffer zeroPoints() {
        ByteBuffer target = WeightBuffers.allocate((long) rows() * zeroPointBytes());
        byte[] row = new byte[2 * zeroPointBytes()];
        for (GroupOffsets each : offsets) {
            byte[] zeroPoints = each.zeroPoints();
            for (int from = 0; from < zeroPoints.length; from += groups()) {
                if (bits() == Byte.SIZE) {
                    target.put(zeroPoints, from, groups());
                    continue;
                }
                for (int i = 0; i < groups(); i++) {
                    int lower = half(zeroPoints[from + i], 0);
                    if (inHalves) {
                        row[i] = (byte) half(zeroPoints[from + i], HALF_BYTE);
                        row[groups() + i] = (byte) lower;
                    } else {
                        row[i] = (byte) lower;
                    }
                }
                putHalves(row, 0, target);
            }
        }
        return target.flip();
    }

    /** Returns the remainder of each group for each output, {@code [groups, rows]}. */
    float[] remainders() {
        int rows = rows();
        float[] target = new float[Math.multiplyExact(groups(), rows)];
        int row = 0;
        for (GroupOffsets each : offsets) {
            float[] remainders = each.remainders();
            for (int from = 0; from < remainders.length; from += groups(), row++) {
                for (int i = 0; i < groups(); i++) {
                    target[i * rows + row] = remainders[from + i];
                }
            }
        }
        return target;
    }
}
