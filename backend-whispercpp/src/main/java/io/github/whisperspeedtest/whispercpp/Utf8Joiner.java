package io.github.whisperspeedtest.whispercpp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Decodes UTF-8 that comes in pieces.
 *
 * <p>A token of Whisper's vocabulary can end in the middle of a character, and so can a segment; the bytes of an unfinished
 * character are kept back for the next piece.
 */
final class Utf8Joiner {
    private byte[] pending = {};

    /** Returns the characters that are whole now. */
    String append(byte[] bytes) {
        byte[] all = Arrays.copyOf(pending, pending.length + bytes.length);
        System.arraycopy(bytes, 0, all, pending.length, bytes.length);
        int whole = all.length - unfinishedLength(all);
        pending = Arrays.copyOfRange(all, whole, all.length);
        return new String(all, 0, whole, StandardCharsets.UTF_8);
    }

    /** Returns what is left, with replacement characters for bytes that never became a character. */
    String finish() {
        String rest = new String(pending, StandardCharsets.UTF_8);
        pending = new byte[0];
        return rest;
    }

    /** Returns the length of an unfinished but so far valid sequence at the end. */
    private static int unfinishedLength(byte[] bytes) {
        for (int length = 1; length <= Math.min(3, bytes.length); length++) {
            int lead = bytes[bytes.length - length] & 0xff;
            if (lead < 0x80) {
                return 0;
            }
            if (lead >= 0xc0) {
                int needed = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
                return needed > length ? length : 0;
            }
        }
        return 0;
    }
}
