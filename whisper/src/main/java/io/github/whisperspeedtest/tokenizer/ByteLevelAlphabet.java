package io.github.whisperspeedtest.tokenizer;

import java.util.Arrays;

/**
 * GPT-2's way to write bytes as text: one visible character for each byte.
 *
 * <p>Bytes that Latin-1 shows stand for themselves, the other 68 for the characters from U+0100 on, in order; so a space is U+0120.
 * Source: {@code bytes_to_unicode} in openai/gpt-2's encoder.
 */
final class ByteLevelAlphabet {
    private static final int FIRST_SUBSTITUTE = 0x100;
    private static final int NO_BYTE = -1;

    private static final char[] CHARACTER_OF_BYTE = characterOfByte();
    private static final int[] BYTE_OF_CHARACTER = byteOfCharacter();

    private ByteLevelAlphabet() {}

    /** Returns how bytes are written. */
    static String of(byte[] bytes) {
        char[] spelling = new char[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            spelling[i] = CHARACTER_OF_BYTE[Byte.toUnsignedInt(bytes[i])];
        }
        return new String(spelling);
    }

    /**
     * Returns the bytes that are written so.
     *
     * @throws IllegalArgumentException if a character stands for no byte; the message names it
     */
    static byte[] bytes(String spelling) {
        byte[] bytes = new byte[spelling.length()];
        for (int i = 0; i < bytes.length; i++) {
            char character = spelling.charAt(i);
            int value = character < BYTE_OF_CHARACTER.length ? BYTE_OF_CHARACTER[character] : NO_BYTE;
            if (value == NO_BYTE) {
                throw new IllegalArgumentException(
                        "the character U+" + String.format("%04X", (int) character) + ", which stands for no byte");
            }
            bytes[i] = (byte) value;
        }
        return bytes;
    }

    private static char[] characterOfByte() {
        char substitute = FIRST_SUBSTITUTE;
        char[] table = new char[256];
        for (int value = 0; value < table.length; value++) {
            table[value] = isVisible(value) ? (char) value : substitute++;
        }
        return table;
    }

    private static int[] byteOfCharacter() {
        int[] table = new int[FIRST_SUBSTITUTE + 68];
        Arrays.fill(table, NO_BYTE);
        for (int value = 0; value < CHARACTER_OF_BYTE.length; value++) {
            table[CHARACTER_OF_BYTE[value]] = value;
        }
        return table;
    }

    /** Tells whether Latin-1 shows a byte. */
    private static boolean isVisible(int value) {
        return value >= '!' && value <= '~' || value >= 0xA1 && value <= 0xAC || value >= 0xAE;
    }
}
