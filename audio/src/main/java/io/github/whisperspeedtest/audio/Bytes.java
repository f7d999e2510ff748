package io.github.whisperspeedtest.audio;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Formats and compares bytes of file headers. */
final class Bytes {
    private static final HexFormat SPACED = HexFormat.ofDelimiter(" ").withUpperCase();

    private Bytes() {}

    static String hex(byte[] bytes) {
        return bytes.length == 0 ? "nothing" : SPACED.formatHex(bytes);
    }

    /** Returns a range of bytes as ISO 8859-1 text; empty if there are too few bytes. */
    static String text(byte[] bytes, int at, int length) {
        return at + length > bytes.length ? "" : new String(bytes, at, length, StandardCharsets.ISO_8859_1);
    }

    static boolean startsWith(byte[] bytes, int at, String mark) {
        return text(bytes, at, mark.length()).equals(mark);
    }

    static boolean areZero(byte[] bytes) {
        for (byte value : bytes) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }
}
