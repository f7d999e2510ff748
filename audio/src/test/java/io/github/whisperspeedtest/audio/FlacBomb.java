package io.github.whisperspeedtest.audio;

import java.io.ByteArrayOutputStream;

/** A small FLAC file that stands for hours of silence: each frame of 13 bytes is 16 s long. */
final class FlacBomb {
    private static final int RATE = 4_000;
    private static final int BLOCK = 65_535;

    private FlacBomb() {}

    /** Returns a file of at least the given length. */
    static byte[] hours(int hours) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(header());
        byte[] frame = frame();
        for (int i = 0; i <= hours * 3600L * RATE / BLOCK; i++) {
            file.writeBytes(frame);
        }
        return file.toByteArray();
    }

    private static byte[] header() {
        byte[] header = new byte[42];
        header[0] = 'f';
        header[1] = 'L';
        header[2] = 'a';
        header[3] = 'C';
        header[4] = (byte) 0x80;
        header[7] = 34;
        for (int i = 8; i < 12; i++) {
            header[i] = (byte) 0xff;
        }
        // 20 bits of sample rate, 3 of channels - 1, 5 of bits per sample - 1.
        int format = RATE << 12 | 15 << 4;
        header[18] = (byte) (format >> 24);
        header[19] = (byte) (format >> 16);
        header[20] = (byte) (format >> 8);
        header[21] = (byte) format;
        return header;
    }

    /** Returns a frame of one constant subframe. */
    private static byte[] frame() {
        byte[] frame = {(byte) 0xff, (byte) 0xf8, 0x70, 0, 0, (byte) 0xff, (byte) 0xfe, 0, 0, 0, 0, 0, 0};
        frame[7] = (byte) crc(frame, 7, 8, 0x07);
        int crc = crc(frame, 11, 16, 0x8005);
        frame[11] = (byte) (crc >> 8);
        frame[12] = (byte) crc;
        return frame;
    }

    private static int crc(byte[] data, int length, int bits, int polynomial) {
        int crc = 0;
        for (int i = 0; i < length; i++) {
            crc ^= (data[i] & 0xff) << (bits - 8);
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1 << (bits - 1)) == 0 ? crc << 1 : crc << 1 ^ polynomial;
            }
        }
        return crc & (1 << bits) - 1;
    }
}
