package io.github.whisperspeedtest.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds tokens by their bytes. */
final class ByteTokens {
    static final int NONE = -1;

    private final List<byte[]> tokens;

    /** Keyed by the bytes as Latin-1, which is one byte a character and keeps its hash. */
    private final Map<String, Integer> ids;

    ByteTokens(List<byte[]> tokens) {
        this.tokens = tokens;
        this.ids = new HashMap<>(tokens.size() * 2);
        for (int id = 0; id < tokens.size(); id++) {
            ids.putIfAbsent(latin1(tokens.get(id)), id);
        }
    }

    /** Returns the token of a single byte, or {@link #NONE}. */
    int of(byte value) {
        return ids.getOrDefault(latin1(new byte[] {value}), NONE);
    }

    /** Returns the token of the bytes of two tokens, or {@link #NONE}. */
    int ofJoined(int left, int right) {
        return ids.getOrDefault(latin1(tokens.get(left)).concat(latin1(tokens.get(right))), NONE);
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
