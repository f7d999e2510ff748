package io.github.whisperspeedtest.audio;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes valid and invalid WAV files. Setters return the writer. */
final class WavWriter {
    private int code = 1;
    private int bits = 16;
    private int rate = 16_000;
    private int channels = 1;
    private boolean extensible;
    private boolean long64;
    private boolean samplesFirst;
    private boolean padding = true;
    private int frameBytes = -1;
    private long riffLength = -1;
    private long dataLength = -1;
    private final ByteArrayOutputStream before = new ByteArrayOutputStream();
    private final ByteArrayOutputStream after = new ByteArrayOutputStream();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();

    WavWriter code(int value) {
        code = value;
        return this;
    }

    WavWriter bits(int value) {
        bits = value;
        return this;
    }

    WavWriter rate(int value) {
        rate = value;
        return this;
    }

    WavWriter channels(int value) {
        channels = value;
        return this;
    }

    WavWriter extensible() {
        extensible = true;
        return this;
    }

    /** Writes RF64, which stores the actual lengths in a separate chunk. */
    WavWriter long64() {
        long64 = true;
        return this;
    }

    /** Writes the samples before their format. */
    WavWriter samplesFirst() {
        samplesFirst = true;
        return this;
    }

    /** Omits the padding byte after chunks of odd length; call before adding chunks. */
    WavWriter withoutPadding() {
        padding = false;
        return this;
    }

    WavWriter frameBytes(int value) {
        frameBytes = value;
        return this;
    }

    WavWriter riffLength(long value) {
        riffLength = value;
        return this;
    }

    WavWriter dataLength(long value) {
        dataLength = value;
        return this;
    }

    WavWriter chunkBefore(String id, byte[] content) {
        return chunkBefore(id, content.length, content);
    }

    WavWriter chunkBefore(String id, long length, byte[] content) {
        chunk(before, id, length, content);
        return this;
    }

    WavWriter chunkAfter(String id, byte[] content) {
        chunk(after, id, content.length, content);
        return this;
    }

    /** Adds samples with full scale from -1 to 1, in the current width. */
    WavWriter samples(double... values) {
        for (double value : values) {
            ByteBuffer sample = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            if (code == 3 && bits == 32) {
                sample.putFloat((float) value);
            } else if (code == 3) {
                sample.putDouble(value);
            } else if (bits == 8) {
                sample.put((byte) Math.round(value * 128 + 128));
            } else {
                sample.putLong(Math.round(value * (1L << (bits - 1))));
            }
            data.write(sample.array(), 0, bits / 8);
        }
        return this;
    }

    byte[] bytes() {
        int bytesPerFrame = frameBytes >= 0 ? frameBytes : channels * bits / 8;
        ByteBuffer format = ByteBuffer.allocate(extensible ? 40 : 16).order(ByteOrder.LITTLE_ENDIAN);
        format.putShort((short) (extensible ? 0xFFFE : code));
        format.putShort((short) channels).putInt(rate).putInt(rate * bytesPerFrame);
        format.putShort((short) bytesPerFrame).putShort((short) bits);
        if (extensible) {
            format.putShort((short) 22).putShort((short) bits).putInt(0).putShort((short) code);
            format.put(new byte[] {0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xAA, 0, 0x38, (byte) 0x9B, 0x71});
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (long64) {
            ByteBuffer sizes = ByteBuffer.allocate(28).order(ByteOrder.LITTLE_ENDIAN);
            sizes.putLong(0).putLong(dataLength >= 0 ? dataLength : data.size());
            chunk(body, "ds64", 28, sizes.array());
        }
        body.writeBytes(before.toByteArray());
        if (!samplesFirst) {
            chunk(body, "fmt ", format.capacity(), format.array());
        }
        long declared = long64 ? 0xFFFFFFFFL : dataLength >= 0 ? dataLength : data.size();
        chunk(body, "data", declared, data.toByteArray());
        if (samplesFirst) {
            chunk(body, "fmt ", format.capacity(), format.array());
        }
        body.writeBytes(after.toByteArray());
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(ascii(long64 ? "RF64" : "RIFF"));
        file.writeBytes(int32(long64 ? 0xFFFFFFFFL : riffLength >= 0 ? riffLength : body.size() + 4));
        file.writeBytes(ascii("WAVE"));
        file.writeBytes(body.toByteArray());
        return file.toByteArray();
    }

    private void chunk(ByteArrayOutputStream target, String id, long length, byte[] content) {
        target.writeBytes(ascii(id));
        target.writeBytes(int32(length));
        target.writeBytes(content);
        if (padding && content.length % 2 == 1) {
            target.write(0);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] int32(long value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) value)
                .array();
    }
}
