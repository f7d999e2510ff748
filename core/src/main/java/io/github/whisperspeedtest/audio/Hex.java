package io.github.whisperspeedtest.audio;

import java.util.HexFormat;

/** Bytes as messages show them. */
final class Hex {
    private static final HexFormat SPACED = HexFormat.ofDelimiter(" ").withUpperCase();

    private Hex() {}

    static String of(byte[] bytes) {
        return bytes.length == 0 ? "nothing" : SPACED.formatHex(bytes);
    }
}
