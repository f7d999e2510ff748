package io.github.whisperspeedtest.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The format chunk of a WAV file. If two of its fields contradict each other, the more likely one is used.
 *
 * @param code format code, or that of the sub-format for an extensible header
 * @param sampleRate frames per second
 * @param channels samples per frame
 * @param sampleBytes bytes per sample
 * @param order byte order of samples and header
 */
record WavFormat(int code, int sampleRate, int channels, int sampleBytes, ByteOrder order) {
    /** Length of the longest chunk of which any field is used. */
    static final int MAX_LENGTH = 40;

    static final int PCM = 1;
    static final int IEEE_FLOAT = 3;
    static final int A_LAW = 6;
    static final int MU_LAW = 7;
    private static final int MPEG_LAYER_2 = 0x50;
    private static final int MP3 = 0x55;
    private static final int EXTENSIBLE = 0xFFFE;

    /** Bytes after the format code in the sub-format of an extensible header: the usual suffix, and that of Ambisonics. */
    private static final byte[] COMMON = HexFormat.of().parseHex("000000001000800000AA00389B71");

    private static final byte[] AMBISONIC = HexFormat.of().parseHex("00002107D3118644C8C1CA000000");

    private static final float[] A_LAW_SAMPLES = new float[256];
    private static final float[] MU_LAW_SAMPLES = new float[256];

    static {
        for (int i = 0; i < 256; i++) {
            A_LAW_SAMPLES[i] = aLaw(i) / 32768f;
            MU_LAW_SAMPLES[i] = muLaw(i) / 32768f;
        }
    }

    /**
     * Parses the chunk.
     *
     * @param bytes content of the chunk and the bytes after it
     * @param length length stated in the file
     * @param sink receives warnings about contradictions
     * @throws UnsupportedCodecException if the samples need another decoder
     * @throws MalformedAudioException if the sample format is unknown
     */
    static WavFormat parse(byte[] bytes, long length, ByteOrder order, PcmSink sink) throws IOException {
        if (bytes.length < 16) {
            throw new MalformedAudioException(
                    "expected at least 16 bytes in the WAV 'fmt ' chunk, found the end of the file after "
                            + bytes.length + ". The file is truncated; copy or record it again");
        }
        ByteBuffer chunk = ByteBuffer.wrap(bytes).order(order);
        int code = code(chunk, length, sink);
        int channels = chunk.getShort(2) & 0xffff;
        long sampleRate = chunk.getInt(4) & 0xffffffffL;
        long byteRate = chunk.getInt(8) & 0xffffffffL;
        int frameBytes = chunk.getShort(12) & 0xffff;
        int bits = length == 14 ? 0 : chunk.getShort(14) & 0xffff;
        if (code == MPEG_LAYER_2 || code == MP3) {
            return new WavFormat(code, 0, channels, 0, order);
        }
        int sampleBytes = sampleBytes(code, bits, channels, frameBytes);
        if (channels == 0 && frameBytes > 0 && frameBytes % sampleBytes == 0) {
            channels = frameBytes / sampleBytes;
            sink.warn("Its header states 0 channels; " + channels + " was derived from the block align and used.");
        }
        int stated = sampleBytes * channels;
        if (code == PCM && sampleBytes == 3 && frameBytes == 4 * channels && byteRate == sampleRate * frameBytes) {
            // arecord stores 24-bit samples in 32-bit words.
            sampleBytes = 4;
        } else if (stated > 0 && frameBytes != stated) {
            sink.warn("Its header states a block align of " + frameBytes + ", but " + channels + " x " + sampleBytes
                    + " bytes (channels x bytes per sample) is " + stated + ", which was used.");
        }
        if (!isRate(sampleRate) && stated > 0 && isRate(byteRate / stated)) {
            sink.warn("Its header states " + sampleRate + " Hz, but its byte rate implies " + byteRate / stated
                    + " Hz, which was used.");
            sampleRate = byteRate / stated;
        }
        return new WavFormat(code, (int) Math.min(sampleRate, Integer.MAX_VALUE), channels, sampleBytes, order);
    }

    private static int code(ByteBuffer chunk, long length, PcmSink sink) throws IOException {
        int code = chunk.getShort(0) & 0xffff;
        if (code == EXTENSIBLE) {
            byte[] bytes = chunk.array();
            if (length < MAX_LENGTH || bytes.length < MAX_LENGTH) {
                sink.warn("Its extensible WAV header is too short to state the sample format; PCM was assumed.");
                return PCM;
            }
            code = chunk.getShort(24) & 0xffff;
            if (!Arrays.equals(bytes, 26, 40, COMMON, 0, COMMON.length)
                    && !Arrays.equals(bytes, 26, 40, AMBISONIC, 0, AMBISONIC.length)
                    && code != 0) {
                throw new UnsupportedCodecException("it is a WAV file with a vendor-specific sample format");
            }
        }
        if (code == 0) {
            sink.warn("Its WAV header does not state the sample format; PCM was assumed.");
            return PCM;
        }
        if (code != PCM
                && code != IEEE_FLOAT
                && code != A_LAW
                && code != MU_LAW
                && code != MPEG_LAYER_2
                && code != MP3) {
            throw new UnsupportedCodecException(
                    String.format(Locale.ROOT, "it is a WAV file with format code 0x%04X (%s)", code, codecName(code)));
        }
        return code;
    }

    private static int sampleBytes(int code, int bits, int channels, int frameBytes) throws IOException {
        if (code == A_LAW || code == MU_LAW) {
            return 1;
        }
        int perBlock = channels > 0 && frameBytes % channels == 0 ? frameBytes / channels : 0;
        if (code == PCM) {
            int bytes = bits >= 1 && bits <= 32 ? (bits + 7) / 8 : perBlock;
            if (bytes >= 1 && bytes <= 4) {
                return bytes;
            }
        } else {
            int bytes = bits == 32 || bits == 64 ? bits / 8 : perBlock;
            if (bytes == 4 || bytes == 8) {
                return bytes;
            }
        }
        throw new MalformedAudioException("expected WAV samples of "
                + (code == PCM ? "8, 16, 24 or 32 bits" : "32 or 64 bits (floating point)") + ", found " + bits
                + " bits. The header may be damaged; otherwise convert the file with ffmpeg");
    }

    private static boolean isRate(long rate) {
        return rate >= PcmConverter.MIN_RATE && rate <= PcmConverter.MAX_RATE;
    }

    private static String codecName(int code) {
        return switch (code) {
            case 0x0002 -> "Microsoft ADPCM";
            case 0x0011 -> "IMA ADPCM";
            case 0x0031 -> "GSM 6.10";
            case 0x00FF, 0x1610 -> "AAC";
            case 0x0160, 0x0161 -> "Windows Media Audio";
            case 0x2000 -> "AC-3";
            default -> "not PCM";
        };
    }

    int frameBytes() {
        return sampleBytes * channels;
    }

    /** Decodes samples to floating point with full scale from -1 to 1. */
    void decode(byte[] bytes, int count, float[] target) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(order);
        if (code == IEEE_FLOAT) {
            for (int i = 0; i < count; i++) {
                target[i] = sampleBytes == 4 ? buffer.getFloat(4 * i) : (float) buffer.getDouble(8 * i);
            }
            return;
        }
        if (code == A_LAW || code == MU_LAW) {
            float[] samples = code == A_LAW ? A_LAW_SAMPLES : MU_LAW_SAMPLES;
            for (int i = 0; i < count; i++) {
                target[i] = samples[bytes[i] & 0xff];
            }
            return;
        }
        switch (sampleBytes) {
            case 1 -> {
                // The only unsigned width in WAV.
                for (int i = 0; i < count; i++) {
                    target[i] = ((bytes[i] & 0xff) - 128) / 128f;
                }
            }
            case 2 -> {
                for (int i = 0; i < count; i++) {
                    target[i] = buffer.getShort(2 * i) / 32768f;
                }
            }
            case 3 -> {
                int high = order == ByteOrder.LITTLE_ENDIAN ? 2 : 0;
                for (int i = 0; i < count; i++) {
                    int low = bytes[3 * i + 2 - high] & 0xff | (bytes[3 * i + 1] & 0xff) << 8;
                    target[i] = (low | bytes[3 * i + high] << 16) / 8388608f;
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    target[i] = buffer.getInt(4 * i) / 2147483648f;
                }
            }
        }
    }

    /** Source: ITU-T G.711, table 1. */
    private static int aLaw(int value) {
        int code = value ^ 0x55;
        int exponent = code >> 4 & 7;
        int magnitude = (code & 15) << 4 | 8;
        if (exponent > 0) {
            magnitude = (magnitude | 0x100) << (exponent - 1);
        }
        return (code & 0x80) != 0 ? magnitude : -magnitude;
    }

    /** Source: ITU-T G.711, table 2. */
    private static int muLaw(int value) {
        int code = ~value & 0xff;
        int magnitude = ((code & 15) << 3 | 0x84) << (code >> 4 & 7);
        return (code & 0x80) != 0 ? 0x84 - magnitude : magnitude - 0x84;
    }
}
