package io.github.whisperspeedtest.tokenizer;

import io.github.whisperspeedtest.tokenizer.TokenizerData.Merge;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the merges of a vocabulary in which tokens rank by their ids.
 *
 * <p>Training made each token by joining two earlier ones: the two that remain of it when only tokens of lower rank are joined.
 */
final class RankedMerges {
    /** Keyed by the bytes as Latin-1, which is one byte a character and keeps its hash. */
    private final Map<String, Integer> ids = new HashMap<>();

    private RankedMerges(List<byte[]> tokens) {
        for (int id = 0; id < tokens.size(); id++) {
            ids.putIfAbsent(new String(tokens.get(id), StandardCharsets.ISO_8859_1), id);
        }
    }

    /** Returns the merges in order of rank; a token that no two others make has none. */
    static List<Merge> of(List<byte[]> tokens) {
        RankedMerges ranked = new RankedMerges(tokens);
        List<Merge> merges = new ArrayList<>();
        for (int id = 0; id < tokens.size(); id++) {
            String token = new String(tokens.get(id), StandardCharsets.ISO_8859_1);
            if (token.length() > 1 && ranked.ids.get(token) == id) {
                List<String> parts = ranked.partsBelow(id, token);
                // A damaged vocabulary may lack tokens of single bytes.
                if (parts.size() == 2 && parts.stream().allMatch(ranked.ids::containsKey)) {
                    merges.add(new Merge(ranked.ids.get(parts.get(0)), ranked.ids.get(parts.get(1))));
                }
            }
        }
        return merges;
    }

    /** Joins the bytes of a token as far as tokens of lower rank do. */
    private List<String> partsBelow(int limit, String token) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < token.length(); i++) {
            parts.add(token.substring(i, i + 1));
        }
        while (true) {
            int least = limit;
            int at = -1;
            for (int i = 0; i + 1 < parts.size(); i++) {
                int rank = ids.getOrDefault(parts.get(i) + parts.get(i + 1), limit);
                if (rank < least) {
                    least = rank;
                    at = i;
                }
            }
            if (at < 0) {
                return parts;
            }
            parts.set(at, parts.get(at) + parts.remove(at + 1));
        }
    }
}
