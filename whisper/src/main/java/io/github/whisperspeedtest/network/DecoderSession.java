package io.github.whisperspeedtest.network;

/**
 * Token sequences that grow side by side, with the keys and values of what they hold cached.
 *
 * <p>Sequences are ordered by window; each window has the same number of them, one at first. All of them have the same length.
 */
public interface DecoderSession extends AutoCloseable {
    /** Returns the number of sequences. */
    int sequences();

    /** Returns the number of tokens that each sequence holds. */
    int length();

    /**
     * Appends tokens to every sequence and computes the logits of what follows some of them.
     *
     * @param tokens {@code [sequence][n]}: the same number of tokens for each, at least 1; {@link #length()} plus {@code n} must
     *     not exceed {@code nTextCtx}
     * @param positions rising indexes, from 0 to {@code n - 1}, of the appended tokens after which logits are wanted; at least one
     * @param logits {@code [sequence * positions.length + i][nVocab]}: where the logits go
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    void append(int[][] tokens, int[] positions, float[][] logits);

    /**
     * Replaces the sequences by copies of some of them: reorders beams, drops them, makes more of them. May come before the first
     * token, to leave windows out from the start.
     *
     * @param parents for each new sequence the index of the old one that it continues. Ordered by window, and as many for each
     *     window that is kept; a window none of whose sequences is named is dropped. At most as many per window as the session was
     *     started for
     */
    void select(int[] parents);

    /** Frees all memory; does nothing the second time. */
    @Override
    void close();
}
