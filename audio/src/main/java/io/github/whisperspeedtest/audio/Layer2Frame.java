package io.github.whisperspeedtest.audio;

/**
 * Decodes one MPEG layer II frame to the samples of its 32 subbands.
 *
 * <p>Format: ISO/IEC 11172-3, 2.4.1.6 and 2.4.3.3. Bit allocation: tables B.2a to B.2d, and ISO/IEC 13818-3, table B.1,
 * for the low sampling rates of MPEG-2.
 */
final class Layer2Frame {
    private static final int SUBBANDS = 32;
    private static final int PARTS = 3;
    private static final int GROUPS_PER_PART = 4;
    private static final int GROUP = 3;

    /** Quantization steps by allocation code; a subband uses the first 16, 8 or 4 of its row. */
    private static final int[] UP_TO_16_BITS = {
        0, 3, 7, 15, 31, 63, 127, 255, 511, 1023, 2047, 4095, 8191, 16383, 32767, 65535
    };

    private static final int[] UP_TO_13_OR_16_BITS = {
        0, 3, 5, 7, 9, 15, 31, 63, 127, 255, 511, 1023, 2047, 4095, 8191, 65535
    };
    private static final int[] UP_TO_5_OR_16_BITS = {0, 3, 5, 7, 9, 15, 31, 65535};
    private static final int[] COARSE_OR_16_BITS = {0, 3, 5, 65535};
    private static final int[] UP_TO_15_BITS = {
        0, 3, 5, 9, 15, 31, 63, 127, 255, 511, 1023, 2047, 4095, 8191, 16383, 32767
    };
    private static final int[] UP_TO_14_BITS = {0, 3, 5, 7, 9, 15, 31, 63, 127, 255, 511, 1023, 2047, 4095, 8191, 16383
    };
    private static final int[] UP_TO_7_BITS = {0, 3, 5, 9, 15, 31, 63, 127};
    private static final int[] COARSE = {0, 3, 5, 9};

    /**
     * The quantization steps of each subband.
     *
     * @param subbands number of coded subbands
     * @param ends for each set of steps, the subband after the last one that uses it
     * @param steps the sets of steps
     */
    private record Allocation(int subbands, int[] ends, int[][] steps) {
        int[] steps(int subband) {
            int kind = 0;
            while (subband >= ends[kind]) {
                kind++;
            }
            return steps[kind];
        }
    }

    private static final int[][] STEPS_A_B = {UP_TO_16_BITS, UP_TO_13_OR_16_BITS, UP_TO_5_OR_16_BITS, COARSE_OR_16_BITS
    };
    private static final int[][] STEPS_C_D = {UP_TO_15_BITS, UP_TO_7_BITS};

    private static final Allocation A = new Allocation(27, new int[] {3, 11, 23, 27}, STEPS_A_B);
    private static final Allocation B = new Allocation(30, new int[] {3, 11, 23, 30}, STEPS_A_B);
    private static final Allocation C = new Allocation(8, new int[] {2, 8}, STEPS_C_D);
    private static final Allocation D = new Allocation(12, new int[] {2, 12}, STEPS_C_D);
    private static final Allocation LOW_RATES =
            new Allocation(30, new int[] {4, 11, 30}, new int[][] {UP_TO_14_BITS, UP_TO_7_BITS, COARSE});

    private final byte[] bytes;
    private final int end;
    private final int channels;
    private final Allocation allocation;
    private final int bound;

    private final int[][] steps;
    private final float[][][] scales;
    private int bit;

    /** Receives one sample of every subband. */
    @FunctionalInterface
    interface Output {
        void accept(int channel, float[] subbands);
    }

    /** Creates a decoder for a frame whose header starts at the first byte. */
    Layer2Frame(byte[] bytes, MpegHeader header) {
        this.bytes = bytes;
        end = 8 * header.frameBytes();
        channels = header.channels();
        allocation = allocation(header);
        bound = Math.min(header.jointBound(), allocation.subbands());
        bit = 8 * (MpegHeader.BYTES + (header.hasCrc() ? 2 : 0));
        steps = new int[channels][SUBBANDS];
        scales = new float[channels][SUBBANDS][];
    }

    /**
     * Decodes the frame.
     *
     * @throws IllegalArgumentException if the frame is too short
     */
    void decode(Output output) {
        readAllocation();
        readScales();
        float[][][] samples = new float[channels][GROUP][SUBBANDS];
        for (int part = 0; part < PARTS; part++) {
            for (int group = 0; group < GROUPS_PER_PART; group++) {
                readGroup(part, samples);
                for (int i = 0; i < GROUP; i++) {
                    for (int channel = 0; channel < channels; channel++) {
                        output.accept(channel, samples[channel][i]);
                    }
                }
            }
        }
    }

    private static Allocation allocation(MpegHeader header) {
        if (header.version() != 1) {
            return LOW_RATES;
        }
        int channelRate = header.bitRate() / header.channels();
        if (channelRate <= 48_000) {
            return header.sampleRate() == 32_000 ? D : C;
        }
        return header.sampleRate() == 48_000 || channelRate <= 80_000 ? A : B;
    }

    private void readAllocation() {
        for (int subband = 0; subband < allocation.subbands(); subband++) {
            for (int channel = 0; channel < channels; channel++) {
                steps[channel][subband] = channel > 0 && subband >= bound ? steps[0][subband] : readSteps(subband);
            }
        }
    }

    private int readSteps(int subband) {
        int[] choices = allocation.steps(subband);
        return choices[bits(Integer.numberOfTrailingZeros(choices.length))];
    }

    private void readScales() {
        int[][] selections = new int[channels][SUBBANDS];
        for (int subband = 0; subband < allocation.subbands(); subband++) {
            for (int channel = 0; channel < channels; channel++) {
                selections[channel][subband] = steps[channel][subband] > 0 ? bits(2) : 0;
            }
        }
        for (int subband = 0; subband < allocation.subbands(); subband++) {
            for (int channel = 0; channel < channels; channel++) {
                scales[channel][subband] =
                        steps[channel][subband] > 0 ? scales(selections[channel][subband]) : new float[PARTS];
            }
        }
    }

    /** Returns the scale factors of the three parts, some of which are shared. */
    private float[] scales(int selection) {
        float first = scale(bits(6));
        return switch (selection) {
            case 0 -> new float[] {first, scale(bits(6)), scale(bits(6))};
            case 1 -> new float[] {first, first, scale(bits(6))};
            case 2 -> new float[] {first, first, first};
            default -> {
                float second = scale(bits(6));
                yield new float[] {first, second, second};
            }
        };
    }

    private static float scale(int index) {
        return (float) Math.pow(2, 1 - index / 3.0);
    }

    private void readGroup(int part, float[][][] samples) {
        for (int subband = 0; subband < allocation.subbands(); subband++) {
            int[] codes = new int[GROUP];
            for (int channel = 0; channel < channels; channel++) {
                int levels = steps[channel][subband];
                if (levels > 0 && (channel == 0 || subband < bound)) {
                    codes = readCodes(levels);
                }
                for (int i = 0; i < GROUP; i++) {
                    samples[channel][i][subband] =
                            levels == 0 ? 0 : (2f * codes[i] - levels + 1) / levels * scales[channel][subband][part];
                }
            }
        }
    }

    /** Three samples of 3, 5 or 9 steps share one code of 5, 7 or 10 bits. */
    private int[] readCodes(int levels) {
        int[] codes = new int[GROUP];
        boolean isShared = levels == 3 || levels == 5 || levels == 9;
        int shared = isShared ? bits(levels == 3 ? 5 : levels == 5 ? 7 : 10) : 0;
        for (int i = 0; i < GROUP; i++) {
            codes[i] = isShared ? shared % levels : bits(Integer.bitCount(levels));
            shared /= levels;
        }
        return codes;
    }

    private int bits(int count) {
        if (bit + count > end) {
            throw new IllegalArgumentException("layer II frame is too short");
        }
        int value = 0;
        for (int i = 0; i < count; i++, bit++) {
            value = value << 1 | bytes[bit >> 3] >> (7 - (bit & 7)) & 1;
        }
        return value;
    }
}
