package io.github.whisperspeedtest.tokenizer;

import java.util.List;

/**
 * A byte-level BPE vocabulary, without the rules of any engine.
 *
 * @param tokens the bytes of each text token; the index is the id
 * @param merges pairs of ids in order of priority, each merging into the token of its joined bytes
 */
public record TokenizerData(List<byte[]> tokens, List<Merge> merges) {
    /**
     * Two tokens that BPE joins.
     *
     * @param left id of the first
     * @param right id of the second
     */
    public record Merge(int left, int right) {}

    /** Copies the lists. */
    public TokenizerData {
        tokens = List.copyOf(tokens);
        merges = List.copyOf(merges);
    }
}
