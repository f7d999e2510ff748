package io.github.whisperspeedtest.whispercpp.ggml;

import io.github.whisperspeedtest.checkpoint.tensor.HalfFloats;
import java.nio.ByteBuffer;

/**
 * Packs floats into ggml's blocks of 32, to the bit as ggml's reference quantisers do.
 *
 * <p>Source of the formats: {@code quantize_row_*_ref} in ggml-quants.c. All arithmetic is in single precision, one operation
 * after the other; a C compiler that fuses multiply and add gives other bits in rare ties.
 */
final class BlockQuantizer {
    private static final int BLOCK = 32;
    private static final int HALF_BLOCK = BLOCK / 2;

    private BlockQuantizer() {}

    /**
     * Appends blocks to a little-endian buffer.
     *
     * @param values a multiple of 32 floats
     */
    static void quantize(GgmlType type, float[] values, ByteBuffer target) {
        if (values.length % BLOCK != 0) {
            throw new IllegalArgumentException("Blocks have " + BLOCK + " values, but there are " + values.length);
        }
        int[] levels = new int[BLOCK];
        for (int start = 0; start < values.length; start += BLOCK) {
            switch (type) {
                case Q4_0 -> {
                    symmetric(values, start, 4, levels, target);
                    putNibbles(levels, target);
                }
                case Q4_1 -> {
                    affine(values, start, 4, levels, target);
                    putNibbles(levels, target);
                }
                case Q5_0 -> {
                    symmetric(values, start, 5, levels, target);
                    putFifthBits(levels, target);
                    putNibbles(levels, target);
                }
                case Q5_1 -> {
                    affine(values, start, 5, levels, target);
                    putFifthBits(levels, target);
                    putNibbles(levels, target);
                }
                case Q8_0 -> eightBits(values, start, target);
                default -> throw new IllegalArgumentException("Cannot quantise to " + type.label());
            }
        }
    }

    /** The value of largest magnitude becomes the lowest level, so that its sign costs no level. */
    private static void symmetric(float[] values, int start, int bits, int[] levels, ByteBuffer target) {
        float extreme = 0;
        for (int i = start; i < start + BLOCK; i++) {
            if (Math.abs(extreme) < Math.abs(values[i])) {
                extreme = values[i];
            }
        }
        int zero = 1 << (bits - 1);
        float scale = extreme / -zero;
        target.putShort(HalfFloats.fromFloat(scale));
        float inverse = scale == 0 ? 0 : 1 / scale;
        for (int i = 0; i < BLOCK; i++) {
            levels[i] = Math.min(2 * zero - 1, (int) (values[start + i] * inverse + (zero + 0.5f)));
        }
    }

    /** The range from the smallest to the largest value is divided evenly. */
    private static void affine(float[] values, int start, int bits, int[] levels, ByteBuffer target) {
        float minimum = Float.MAX_VALUE;
        float maximum = -Float.MAX_VALUE;
        for (int i = start; i < start + BLOCK; i++) {
            // Not Math.min: of two zeros of either sign the first one counts.
            minimum = values[i] < minimum ? values[i] : minimum;
            maximum = values[i] > maximum ? values[i] : maximum;
        }
        int highest = (1 << bits) - 1;
        float scale = (maximum - minimum) / highest;
        target.putShort(HalfFloats.fromFloat(scale));
        target.putShort(HalfFloats.fromFloat(minimum));
        float inverse = scale == 0 ? 0 : 1 / scale;
        for (int i = 0; i < BLOCK; i++) {
            levels[i] = Math.min(highest, (int) ((values[start + i] - minimum) * inverse + 0.5f));
        }
    }

    private static void eightBits(float[] values, int start, ByteBuffer target) {
        float largest = 0;
        for (int i = start; i < start + BLOCK; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        float scale = largest / 127;
        target.putShort(HalfFloats.fromFloat(scale));
        float inverse = scale == 0 ? 0 : 1 / scale;
        for (int i = start; i < start + BLOCK; i++) {
            float level = values[i] * inverse;
            // C's roundf takes halves away from zero; the sum is exact in double precision.
            int magnitude = (int) (Math.abs((double) level) + 0.5);
            target.put((byte) (level < 0 ? -magnitude : magnitude));
        }
    }

    /** The fifth bit of each level, one word for the block. */
    private static void putFifthBits(int[] levels, ByteBuffer target) {
        int word = 0;
        for (int i = 0; i < BLOCK; i++) {
            word |= (levels[i] >> 4 & 1) << i;
        }
        target.putInt(word);
    }

    /** The lower four bits: the first half of the block in the low nibbles, the second half in the high ones. */
    private static void putNibbles(int[] levels, ByteBuffer target) {
        for (int i = 0; i < HALF_BLOCK; i++) {
            target.put((byte) (levels[i] & 0xf | (levels[HALF_BLOCK + i] & 0xf) << 4));
        }
    }
}
