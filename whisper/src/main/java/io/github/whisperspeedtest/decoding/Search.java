package io.github.whisperspeedtest.decoding;

/**
 * The search for the best sequence of tokens of one window.
 *
 * <p>It starts with one empty sequence; {@link #advance} extends all sequences by one token.
 */
interface Search {
    /** Returns the number of sequences; each needs logits for the next step. */
    int sequences();

    /**
     * Extends the sequences by one token.
     *
     * @param logits rows of logits, one per sequence of this search; may be overwritten
     * @param firstRow index of the first row
     */
    void advance(float[][] logits, int firstRow);

    /** Returns the index, before the last {@link #advance}, of the sequence that a sequence extends. */
    int parent(int sequence);

    /** Returns the last token of a sequence. */
    int lastToken(int sequence);

    /** Returns whether further steps would change nothing. */
    boolean isDone();

    /** Returns the best sequence, without the end-of-text token. */
    TokenSequence best();
}
