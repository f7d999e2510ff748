package io.github.whisperspeedtest.whispercpp.ggml;

import java.nio.ByteBuffer;

/**
 * Unpacks ggml's super-blocks of 256, the "k-quants", to floats, to the bit as ggml's reference functions do.
 *
 * <p>A super-block has groups of 16 or 32 values. Each group has a small integer scale, and in some types a minimum, which one or
 * two half floats of the super-block multiply. Source of the formats: {@code dequantize_row_q*_K} in ggml-quants.c.
 */
final class SuperBlockDequantizer {
    private static final int SUPER_BLOCK = 256;

    /** The two-bit levels, and those of six bits, are laid out in halves of a super-block. */
    private static final int HALF = SUPER_BLOCK / 2;

    /** Values of a group of the types with four or five bits, and bytes of the bits that are stored separately. */
    private static final int WIDE_GROUP = 32;

    /** Values of a group of the other types. */
    private static final int NARROW_GROUP = 16;

    private SuperBlockDequantizer() {}

    /** Unpacks one super-block; see {@link BlockDequantizer#dequantize}. */
    static void dequantize(GgmlType type, ByteBuffer source, int at, float[] values) {
        switch (type) {
            case Q2_K -> twoBits(source, at, values);
            case Q3_K -> threeBits(source, at, values);
            case Q4_K -> fourOrFiveBits(source, at, at + 16, 0, values);
            case Q5_K -> fourOrFiveBits(source, at, at + 48, at + 16, values);
            case Q6_K -> sixBits(source, at, values);
            default -> throw new IllegalArgumentException(type.label() + " has no super-blocks");
        }
    }

    /** 16 bytes of scales and minima, 64 of levels, scale and minimum of the super-block. */
    private static void twoBits(ByteBuffer source, int at, float[] values) {
        float scale = BlockDequantizer.half(source, at + 80);
        float minimum = BlockDequantizer.half(source, at + 82);
        for (int i = 0; i < SUPER_BLOCK; i++) {
            int group = source.get(at + i / NARROW_GROUP);
            values[i] = scale * (group & 0xf) * lowTwoBits(source, at + 16, i) - minimum * (group >> 4 & 0xf);
        }
    }

    /** 32 bytes of third bits, 64 of the other two, 12 of scales, scale of the super-block. */
    private static void threeBits(ByteBuffer source, int at, float[] values) {
        float scale = BlockDequantizer.half(source, at + 108);
        for (int i = 0; i < SUPER_BLOCK; i++) {
            boolean hasThirdBit = (source.get(at + i % WIDE_GROUP) >> i / WIDE_GROUP & 1) != 0;
            int level = lowTwoBits(source, at + 32, i) - (hasThirdBit ? 0 : 4);
            values[i] = scale * (scaleOfThreeBits(source, at + 96, i / NARROW_GROUP) - 32) * level;
        }
    }

    /** Two bits of four values are in one byte, the values being 32 apart. */
    private static int lowTwoBits(ByteBuffer source, int at, int index) {
        int inHalf = index % HALF;
        return source.get(at + index / HALF * WIDE_GROUP + inHalf % WIDE_GROUP) >> 2 * (inHalf / WIDE_GROUP) & 3;
    }

    /** Returns one of 16 scales of six bits: the lower four are in the first 8 bytes, the upper two in the other 4. */
    private static int scaleOfThreeBits(ByteBuffer source, int at, int group) {
        int low = source.get(at + group % 8) >> 4 * (group / 8) & 0xf;
        int high = source.get(at + 8 + group % 4) >> 2 * (group / 4) & 3;
        return low | high << 4;
    }

    /**
     * Scale and minimum of the super-block, 12 bytes of scales and minima of the groups, perhaps the fifth bits, then the levels.
     *
     * @param fifthBits index of 32 bytes, of which bit g is the fifth bit of group g; 0 if there are none
     */
    private static void fourOrFiveBits(ByteBuffer source, int at, int levels, int fifthBits, float[] values) {
        float scale = BlockDequantizer.half(source, at);
        float minimum = BlockDequantizer.half(source, at + 2);
        for (int group = 0; group < SUPER_BLOCK / WIDE_GROUP; group++) {
            float groupScale = scale * scaleOfWideGroup(source, at + 4, group);
            float groupMinimum = minimum * minimumOfWideGroup(source, at + 4, group);
            for (int i = 0; i < WIDE_GROUP; i++) {
                // Two groups share 32 bytes: the even one has the low halves, the odd one the high halves.
                int level = source.get(levels + group / 2 * WIDE_GROUP + i) >> 4 * (group % 2) & 0xf;
                if (fifthBits > 0) {
                    level |= (source.get(fifthBits + i) >> group & 1) << 4;
                }
                values[group * WIDE_GROUP + i] = groupScale * level - groupMinimum;
            }
        }
    }

    /** Six bits: those of the first four groups in one byte each, those of the last four in two parts. */
    private static int scaleOfWideGroup(ByteBuffer source, int at, int group) {
        return group < 4
                ? source.get(at + group) & 0x3f
                : source.get(at + 4 + group) & 0xf | (source.get(at + group - 4) >> 6 & 3) << 4;
    }

    private static int minimumOfWideGroup(ByteBuffer source, int at, int group) {
        return group < 4
                ? source.get(at + 4 + group) & 0x3f
                : source.get(at + 4 + group) >> 4 & 0xf | (source.get(at + group) >> 6 & 3) << 4;
    }

    /** 128 bytes of the lower four bits, 64 of the upper two, 16 signed scales, scale of the super-block. */
    private static void sixBits(ByteBuffer source, int at, float[] values) {
        float scale = BlockDequantizer.half(source, at + 208);
        for (int i = 0; i < SUPER_BLOCK; i++) {
            int half = i / HALF;
            int inHalf = i % HALF;
            int low = source.get(at + half * 64 + inHalf % 64) >> 4 * (inHalf / 64) & 0xf;
            int high = source.get(at + 128 + half * WIDE_GROUP + inHalf % WIDE_GROUP) >> 2 * (inHalf / WIDE_GROUP) & 3;
            values[i] = scale * source.get(at + 192 + i / NARROW_GROUP) * ((low | high << 4) - 32);
        }
    }
}
