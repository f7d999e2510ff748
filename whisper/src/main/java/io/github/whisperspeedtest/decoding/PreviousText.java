package io.github.whisperspeedtest.decoding;

import java.util.ArrayList;
import java.util.List;

/** The previous text that may become the prompt of a window. */
final class PreviousText {
    private final int capacity;
    private final List<Integer> tokens = new ArrayList<>();

    /**
     * Creates an empty text.
     *
     * @param capacity maximum number of tokens in a prompt
     */
    PreviousText(int capacity) {
        this.capacity = capacity;
    }

    void append(List<Integer> added) {
        tokens.addAll(added);
        if (tokens.size() > capacity) {
            tokens.subList(0, tokens.size() - capacity).clear();
        }
    }

    void clear() {
        tokens.clear();
    }

    /** Returns the last tokens. */
    List<Integer> tokens() {
        return List.copyOf(tokens);
    }
}
