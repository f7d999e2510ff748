package io.github.whisperspeedtest.whispercpp.ggml;

import io.github.whisperspeedtest.checkpoint.tensor.HalfFloats;
import java.nio.ByteBuffer;

/**
 * Unpacks ggml's blocks of 32 to floats, to the bit as ggml's reference functions do.
 *
 * <p>Source of the formats: {@code dequantize_row_*} in ggml-quants.c. Scales become single precision first; then all arithmetic is
 * in single precision, one operation after the other.
 */
final class BlockDequantizer {
    private static final int BLOCK = 32;
    private static final int HALF_BLOCK = BLOCK / 2;

    /** Leaves every sum as it is, also a negative zero. */
    private static final float NO_MINIMUM = -0f;

    private BlockDequantizer() {}

    /**
     * Unpacks one block.
     *
     * @param type a quantised type
     * @param source contains the block, little-endian
     * @param at index of the first byte of the block
     * @param values where the values go, as many as {@link GgmlType#blockSize()}
     */
    static void dequantize(GgmlType type, ByteBuffer source, int at, float[] values) {
        switch (type) {
            case Q4_0 -> fourBits(source, at + 2, half(source, at), 8, NO_MINIMUM, values);
            case Q4_1 -> fourBits(source, at + 4, half(source, at), 0, half(source, at + 2), values);
            case Q5_0 -> fiveBits(source, at + 2, half(source, at), 16, NO_MINIMUM, values);
            case Q5_1 -> fiveBits(source, at + 4, half(source, at), 0, half(source, at + 2), values);
            case Q8_0 -> eightBits(source, at, values);
            case Q2_K, Q3_K, Q4_K, Q5_K, Q6_K -> SuperBlockDequantizer.dequantize(type, source, at, values);
            case F32, F16 -> throw new IllegalArgumentException(type.label() + " has no blocks");
        }
    }

    /** Returns a number in half precision. */
    static float half(ByteBuffer source, int at) {
        return HalfFloats.toFloat(source.getShort(at));
    }

    /** Value i is in the low half of byte i, value i + 16 in its high half. */
    private static void fourBits(ByteBuffer source, int at, float scale, int zero, float minimum, float[] values) {
        for (int i = 0; i < HALF_BLOCK; i++) {
            int levels = source.get(at + i);
            values[i] = ((levels & 0xf) - zero) * scale + minimum;
            values[HALF_BLOCK + i] = ((levels >> 4 & 0xf) - zero) * scale + minimum;
        }
    }

    /** One word with the fifth bit of each value, then the lower bits. */
    private static void fiveBits(ByteBuffer source, int at, float scale, int zero, float minimum, float[] values) {
        int fifthBits = source.getInt(at);
        for (int i = 0; i < HALF_BLOCK; i++) {
            int levels = source.get(at + Integer.BYTES + i);
            int low = levels & 0xf | (fifthBits >> i & 1) << 4;
            int high = levels >> 4 & 0xf | (fifthBits >> HALF_BLOCK + i & 1) << 4;
            values[i] = (low - zero) * scale + minimum;
            values[HALF_BLOCK + i] = (high - zero) * scale + minimum;
        }
    }

    private static void eightBits(ByteBuffer source, int at, float[] values) {
        float scale = half(source, at);
        for (int i = 0; i < BLOCK; i++) {
            values[i] = source.get(at + Short.BYTES + i) * scale;
        }
    }
}
