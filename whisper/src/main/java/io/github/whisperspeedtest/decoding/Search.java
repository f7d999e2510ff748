package io.github.whisperspeedtest.decoding;

/**
 * The search for the best sequence of tokens of one window.
 *
 * <p>It begins with one empty sequence, and {@link #advance} continues all that there are by a token each.
 */
interface Search {
    /** Returns the number of sequences, each of which needs logits next. */
    int sequences();

    /**
     * Continues the sequences.
     *
     * @param logits rows of which this search takes as many as it has sequences, and may overwrite them
     * @param firstRow index of the first of them
     */
    void advance(float[][] logits, int firstRow);

    /** Returns which of the sequences before the last {@link #advance} a sequence continues. */
    int parent(int sequence);

    /** Returns the last token of a sequence. */
    int lastToken(int sequence);

    /** Returns whether going on would change nothing. */
    boolean isDone();

    /** Returns the best sequence, without the token that ends it. */
    TokenSequence best();
}
