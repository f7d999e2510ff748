package io.github.whisperspeedtest.network;

/**
 * Token sequences that grow in parallel, with their keys and values cached.
 *
 * <p>Sequences are ordered by window; each window has the same number of them, initially one. All sequences have the
 * same length.
 */
public interface DecoderSession extends AutoCloseable {
    /** Returns the number of sequences. */
    int sequences();

    /** Returns the length of the sequences in tokens. */
    int length();

    /**
     * Appends tokens to every sequence and computes logits after some of them.
     *
     * @param tokens {@code [sequence][n]}: the same number of tokens for each, at least 1; {@link #length()} plus
     *     {@code n} must not exceed {@code nTextCtx}
     * @param positions rising indexes, from 0 to {@code n - 1}, of the appended tokens after which logits are wanted;
     *     at least one
     * @param logits {@code [sequence * positions.length + i][nVocab]}: where the logits go
     * @throws io.github.whisperspeedtest.error.EngineException if the engine fails
     */
    void append(int[][] tokens, int[] positions, float[][] logits);

    /**
     * Replaces the sequences by copies of some of them, to reorder, drop or replicate beams. May be called before the
     * first token, to omit windows from the start.
     *
     * @param parents for each new sequence, the index of the sequence that it continues. Ordered by window, with the
     *     same number for each window that is kept; a window without sequences is dropped. The number per window is
     *     limited by the value that the session was started with
     */
    void select(int[] parents);

    /** Frees all memory; does nothing the second time. */
    @Override
    void close();
}
