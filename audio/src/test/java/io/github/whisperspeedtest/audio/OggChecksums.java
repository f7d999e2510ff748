package io.github.whisperspeedtest.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Recomputes the page checksums of an Ogg file. */
final class OggChecksums {
    private static final int CHECKSUM = 22;
    private static final int SEGMENTS = 26;
    private static final int POLYNOMIAL = 0x04C11DB7;

    private OggChecksums() {}

    /** Updates page after page until the bytes are not a page. */
    static void update(byte[] ogg) {
        ByteBuffer file = ByteBuffer.wrap(ogg).order(ByteOrder.LITTLE_ENDIAN);
        int start = 0;
        while (start + SEGMENTS < ogg.length && ogg[start] == 'O' && ogg[start + 1] == 'g') {
            int segments = ogg[start + SEGMENTS] & 0xff;
            int end = start + SEGMENTS + 1 + segments;
            for (int i = 0; i < segments && start + SEGMENTS + 1 + i < ogg.length; i++) {
                end += ogg[start + SEGMENTS + 1 + i] & 0xff;
            }
            if (end > ogg.length) {
                return;
            }
            file.putInt(start + CHECKSUM, 0);
            file.putInt(start + CHECKSUM, checksum(ogg, start, end));
            start = end;
        }
    }

    private static int checksum(byte[] bytes, int from, int to) {
        int crc = 0;
        for (int i = from; i < to; i++) {
            crc ^= bytes[i] << 24;
            for (int bit = 0; bit < 8; bit++) {
                crc = crc < 0 ? crc << 1 ^ POLYNOMIAL : crc << 1;
            }
        }
        return crc;
    }
}
