package io.github.whisperspeedtest.audio;

import org.jspecify.annotations.Nullable;

/**
 * The four-byte header of an MPEG audio frame (ISO/IEC 11172-3, 13818-3, and MPEG 2.5).
 *
 * @param version 1, 2, or 25 for MPEG 2.5
 * @param layer 1 to 3
 * @param sampleRate in Hz
 * @param channels 1 or 2
 * @param bitRate in bit/s, of all channels
 * @param frameBytes length of the frame including its header
 * @param hasCrc whether two bytes of checksum follow the header
 * @param jointBound first subband shared by both channels in layer II joint stereo, otherwise 32
 */
record MpegHeader(
        int version,
        int layer,
        int sampleRate,
        int channels,
        int bitRate,
        int frameBytes,
        boolean hasCrc,
        int jointBound) {
    static final int BYTES = 4;

    private static final int[] RATES = {44_100, 48_000, 32_000};

    /** In kbit/s, without index 0 (free format) and index 15 (forbidden). */
    private static final int[][] BIT_RATES = {
        {32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
        {32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
        {32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
    };

    private static final int[] LOW_RATE_LAYER_1 = {32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256};
    private static final int[] LOW_RATE_LAYERS_2_3 = {8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160};

    /** Parses a header. Returns null if the bytes are not a header, or one of free format, whose length is unknown. */
    static @Nullable MpegHeader parse(byte[] bytes, int at) {
        if (at + BYTES > bytes.length || (bytes[at] & 0xff) != 0xff || (bytes[at + 1] & 0xe0) != 0xe0) {
            return null;
        }
        int versionBits = bytes[at + 1] >> 3 & 3;
        int layer = 4 - (bytes[at + 1] >> 1 & 3);
        int bitRateIndex = bytes[at + 2] >> 4 & 15;
        int rateIndex = bytes[at + 2] >> 2 & 3;
        if (versionBits == 1 || layer == 4 || bitRateIndex == 0 || bitRateIndex == 15 || rateIndex == 3) {
            return null;
        }
        int version = versionBits == 3 ? 1 : versionBits == 2 ? 2 : 25;
        int sampleRate = RATES[rateIndex] / (version == 1 ? 1 : version == 2 ? 2 : 4);
        int[] bitRates = version == 1 ? BIT_RATES[layer - 1] : layer == 1 ? LOW_RATE_LAYER_1 : LOW_RATE_LAYERS_2_3;
        int bitRate = bitRates[bitRateIndex - 1] * 1000;
        int padding = bytes[at + 2] >> 1 & 1;
        int frameBytes = layer == 1
                ? (12 * bitRate / sampleRate + padding) * 4
                : samplesPerFrame(version, layer) / 8 * bitRate / sampleRate + padding;
        int mode = bytes[at + 3] >> 6 & 3;
        int jointBound = mode == 1 ? 4 * (1 + (bytes[at + 3] >> 4 & 3)) : 32;
        return new MpegHeader(
                version,
                layer,
                sampleRate,
                mode == 3 ? 1 : 2,
                bitRate,
                frameBytes,
                (bytes[at + 1] & 1) == 0,
                jointBound);
    }

    /** Returns the number of samples per channel in a frame. */
    int samples() {
        return samplesPerFrame(version, layer);
    }

    /** Returns whether both headers can belong to the same stream. */
    boolean continues(MpegHeader other) {
        return version == other.version && layer == other.layer && sampleRate == other.sampleRate;
    }

    /** Returns whether one decoder can continue with the other frame. */
    boolean isLike(MpegHeader other) {
        return continues(other) && channels == other.channels;
    }

    private static int samplesPerFrame(int version, int layer) {
        return layer == 1 ? 384 : layer == 3 && version != 1 ? 576 : 1152;
    }
}
