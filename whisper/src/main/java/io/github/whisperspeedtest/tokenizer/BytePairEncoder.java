package io.github.whisperspeedtest.tokenizer;

import io.github.whisperspeedtest.tokenizer.TokenizerData.Merge;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Byte pair encoding of one piece of text: begins with its bytes and joins, as long as there is one, the pair that ranks first.
 *
 * <p>A vocabulary without merges is a ranked one, as tiktoken's: two tokens join if their bytes are a token, and its id is the rank.
 */
final class BytePairEncoder {
    private static final int NO_RANK = Integer.MAX_VALUE;

    private final ByteTokens tokens;
    private final Map<Merge, Integer> ranks = new HashMap<>();

    BytePairEncoder(TokenizerData data) {
        this.tokens = new ByteTokens(data.tokens());
        List<Merge> merges = data.merges();
        for (int i = 0; i < merges.size(); i++) {
            ranks.putIfAbsent(merges.get(i), i);
        }
    }

    /** Returns the tokens of a piece; bytes that have no token are left out. */
    int[] encode(String piece) {
        int[] parts = bytes(piece);
        int count = parts.length;
        int[] pairRanks = new int[count];
        for (int i = 0; i < count; i++) {
            pairRanks[i] = rank(parts, i, count);
        }
        int at;
        while ((at = indexOfLeast(pairRanks, count)) >= 0) {
            parts[at] = tokens.ofJoined(parts[at], parts[at + 1]);
            count--;
            System.arraycopy(parts, at + 2, parts, at + 1, count - at - 1);
            System.arraycopy(pairRanks, at + 2, pairRanks, at + 1, count - at - 1);
            pairRanks[at] = rank(parts, at, count);
            if (at > 0) {
                pairRanks[at - 1] = rank(parts, at - 1, count);
            }
        }
        return Arrays.copyOf(parts, count);
    }

    private static int indexOfLeast(int[] pairRanks, int count) {
        int least = NO_RANK;
        int at = -1;
        for (int i = 0; i < count; i++) {
            if (pairRanks[i] < least) {
                least = pairRanks[i];
                at = i;
            }
        }
        return at;
    }

    private int[] bytes(String piece) {
        byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
        int[] parts = new int[bytes.length];
        int count = 0;
        for (byte value : bytes) {
            int token = tokens.of(value);
            if (token != ByteTokens.NONE) {
                parts[count++] = token;
            }
        }
        return Arrays.copyOf(parts, count);
    }

    /** Returns the rank of the pair that begins at {@code i}. */
    private int rank(int[] parts, int i, int count) {
        if (i + 1 >= count) {
            return NO_RANK;
        }
        int joined = tokens.ofJoined(parts[i], parts[i + 1]);
        if (joined == ByteTokens.NONE) {
            return NO_RANK;
        }
        return ranks.isEmpty() ? joined : ranks.getOrDefault(new Merge(parts[i], parts[i + 1]), NO_RANK);
    }
}
