package io.github.whisperspeedtest.audio;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * Reads WAV: RIFF, RF64 and BW64 files of integer samples of 8, 16, 24 or 32 bits, or floating-point ones of 32 or 64.
 *
 * <p>A writer that cannot go back, such as one that writes into a pipe, leaves a placeholder for the length of the samples: 0
 * (with a RIFF length that ends before the samples) or a number just below 2 or 4 GiB. Such samples go on to the end of the
 * file. Any other length is a promise, and a file that ends before it is cut off, which is an error.
 *
 * <p>Layout: Microsoft, <i>Multimedia Programming Interface and Data Specifications 1.0</i> and <i>Multiple Channel Audio Data
 * and WAVE Files</i>; RF64: EBU Tech 3306.
 */
final class WavReader {
    private static final int PCM = 1;
    private static final int IEEE_FLOAT = 3;
    private static final int EXTENSIBLE = 0xFFFE;

    /** What follows the two bytes of a format code in the sub-format GUID of an extensible header. */
    private static final byte[] GUID_TAIL = {
        0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xAA, 0, 0x38, (byte) 0x9B, 0x71
    };

    /** The length in a 32-bit field that is too small for it. */
    private static final long UNKNOWN = 0xFFFFFFFFL;

    private static final int FRAMES_PER_BLOCK = 4096;

    private final PeekableInput in;
    private final PcmSink sink;

    private WavReader(PeekableInput in, PcmSink sink) {
        this.in = in;
        this.sink = sink;
    }

    static void read(PeekableInput in, PcmSink sink) throws IOException {
        new WavReader(in, sink).read();
    }

    private void read() throws IOException {
        long riffLength;
        SampleFormat format = null;
        long longDataLength = -1;
        try {
            in.readExactly(4);
            riffLength = unsignedInt();
            in.readExactly(4);
            while (true) {
                String id = new String(in.readExactly(4), StandardCharsets.ISO_8859_1);
                long length = unsignedInt();
                switch (id) {
                    case "data" -> {
                        if (format == null) {
                            throw new MalformedAudioException(
                                    "expected a WAV 'fmt ' chunk before the samples, found none. The header is damaged");
                        }
                        if (length == UNKNOWN && longDataLength >= 0) {
                            samples(format, longDataLength, false);
                        } else {
                            samples(format, length, isPlaceholder(length, riffLength));
                        }
                        return;
                    }
                    case "fmt " -> format = format(length);
                    case "ds64" -> longDataLength = longDataLength(length);
                    default -> skip(id, length + (length & 1));
                }
            }
        } catch (EOFException e) {
            throw new MalformedAudioException(
                    "expected a WAV header and then a 'data' chunk with the samples, found the end of the file at byte "
                            + in.position() + ". The file is cut off; copy or record it again",
                    e);
        }
    }

    private void skip(String id, long length) throws IOException {
        long found = in.skipBlock(length);
        if (found < length) {
            throw new MalformedAudioException(
                    "expected " + length + " bytes in the WAV chunk '" + printable(id) + "', found " + found
                            + " before the end of the file and no 'data' chunk. The file is cut off or its header damaged");
        }
    }

    private long longDataLength(long length) throws IOException {
        if (length < 24) {
            throw new MalformedAudioException(
                    "expected at least 24 bytes in the RF64 chunk 'ds64', found " + length + ". The header is damaged");
        }
        ByteBuffer chunk = ByteBuffer.wrap(in.readExactly(24)).order(ByteOrder.LITTLE_ENDIAN);
        skip("ds64", length - 24 + (length & 1));
        long result = chunk.getLong(8);
        if (result < 0) {
            throw new MalformedAudioException("expected a length of the samples in the RF64 chunk 'ds64', found "
                    + Long.toUnsignedString(result) + " bytes. The header is damaged");
        }
        return result;
    }

    private SampleFormat format(long length) throws IOException {
        if (length < 16) {
            throw new MalformedAudioException(
                    "expected at least 16 bytes in the WAV chunk 'fmt ', found " + length + ". The header is damaged");
        }
        int kept = (int) Math.min(length, 40);
        ByteBuffer chunk = ByteBuffer.wrap(in.readExactly(kept)).order(ByteOrder.LITTLE_ENDIAN);
        skip("fmt ", length - kept + (length & 1));
        int code = chunk.getShort(0) & 0xffff;
        int channels = chunk.getShort(2) & 0xffff;
        long sampleRate = chunk.getInt(4) & 0xffffffffL;
        int frameBytes = chunk.getShort(12) & 0xffff;
        int bits = chunk.getShort(14) & 0xffff;
        if (code == EXTENSIBLE) {
            if (kept < 40) {
                throw new MalformedAudioException(
                        "expected 40 bytes in the 'fmt ' chunk of an extensible WAV header, found " + length
                                + ". The header is damaged");
            }
            code = chunk.getShort(24) & 0xffff;
            if (!Arrays.equals(chunk.array(), 26, 40, GUID_TAIL, 0, GUID_TAIL.length)) {
                throw new ForeignCodecException("it is a WAV file of a kind that only its maker names");
            }
        }
        if (code != PCM && code != IEEE_FLOAT) {
            throw new ForeignCodecException(
                    String.format(Locale.ROOT, "it is a WAV file of format code 0x%04X (%s)", code, codecName(code)));
        }
        sink.begin((int) Math.min(sampleRate, Integer.MAX_VALUE), channels);
        boolean known = code == PCM ? bits >= 1 && bits <= 32 : bits == 32 || bits == 64;
        if (!known) {
            throw new MalformedAudioException("expected WAV samples of "
                    + (code == PCM ? "8, 16, 24 or 32 bits" : "32 or 64 bits in floating point") + ", found " + bits
                    + " bits. The header may be damaged; otherwise convert the file with ffmpeg");
        }
        int sampleBytes = (bits + 7) / 8;
        if (frameBytes != channels * sampleBytes) {
            throw new MalformedAudioException("expected a WAV block of " + channels + " x " + sampleBytes + " = "
                    + channels * sampleBytes + " bytes (channels x bytes per sample), found " + frameBytes
                    + " in the header. The header is damaged");
        }
        return new SampleFormat(code == IEEE_FLOAT, sampleBytes, channels);
    }

    private static String codecName(int code) {
        return switch (code) {
            case 0x0002 -> "Microsoft ADPCM";
            case 0x0006 -> "A-law";
            case 0x0007 -> "mu-law";
            case 0x0011 -> "IMA ADPCM";
            case 0x0031 -> "GSM 6.10";
            case 0x0050 -> "MPEG layer 2";
            case 0x0055 -> "MP3";
            default -> "not PCM";
        };
    }

    private boolean isPlaceholder(long length, long riffLength) {
        if (length == 0) {
            // A RIFF length counts from byte 8, so one that ends where the samples begin does not count them either.
            return riffLength + 8 <= in.position() || isFarAway(riffLength);
        }
        return isFarAway(length);
    }

    /** SoX writes 0x7FFFF000 into a pipe, arecord 0x80000000 or a little less, ffmpeg 0xFFFFFFFF. */
    private static boolean isFarAway(long length) {
        return length >= 0x7FFFF000L && length <= 0x80000000L || length >= 0xFFFFF000L;
    }

    private void samples(SampleFormat format, long length, boolean toTheEnd) throws IOException {
        long promised = toTheEnd ? Long.MAX_VALUE : length;
        int frameBytes = format.frameBytes();
        byte[] bytes = new byte[FRAMES_PER_BLOCK * frameBytes];
        float[] samples = new float[FRAMES_PER_BLOCK * format.channels];
        long read = 0;
        while (read < promised) {
            int wanted = (int) Math.min(bytes.length, promised - read);
            int found = in.readBlock(bytes, wanted);
            read += found;
            // What is left over of a frame at the very end is no sound.
            int frames = found / frameBytes;
            format.decode(bytes, frames * format.channels, samples);
            sink.write(samples, frames);
            if (found < wanted) {
                break;
            }
        }
        if (read < promised && !toTheEnd) {
            throw new MalformedAudioException(
                    "expected " + promised + " bytes of samples, as its WAV header promises, found " + read
                            + ". The file is cut off; copy or record it again");
        }
    }

    private long unsignedInt() throws IOException {
        return ByteBuffer.wrap(in.readExactly(4)).order(ByteOrder.LITTLE_ENDIAN).getInt() & 0xffffffffL;
    }

    private static String printable(String id) {
        return id.replaceAll("[^\\x20-\\x7e]", "?");
    }

    /** How a sample is stored, always little-endian. */
    private record SampleFormat(boolean floating, int sampleBytes, int channels) {
        int frameBytes() {
            return sampleBytes * channels;
        }

        void decode(byte[] bytes, int count, float[] target) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            if (floating) {
                for (int i = 0; i < count; i++) {
                    target[i] = sampleBytes == 4 ? buffer.getFloat(4 * i) : (float) buffer.getDouble(8 * i);
                }
                return;
            }
            switch (sampleBytes) {
                case 1 -> {
                    // The one width that WAV stores without a sign.
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
                    for (int i = 0; i < count; i++) {
                        int low = bytes[3 * i] & 0xff | (bytes[3 * i + 1] & 0xff) << 8;
                        target[i] = (low | bytes[3 * i + 2] << 16) / 8388608f;
                    }
                }
                default -> {
                    for (int i = 0; i < count; i++) {
                        target[i] = buffer.getInt(4 * i) / 2147483648f;
                    }
                }
            }
        }
    }
}
