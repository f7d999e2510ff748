package io.github.whisperspeedtest.alignment;

import java.util.List;

/**
 * A word with its times.
 *
 * @param text the word with the space before it
 * @param tokens its tokens
 * @param start seconds
 * @param end seconds
 * @param probability mean probability of its tokens
 */
public record WordTiming(String text, List<Integer> tokens, double start, double end, double probability) {
    /** Copies the list. */
    public WordTiming {
        tokens = List.copyOf(tokens);
    }

    /** Returns whether the word is nothing but punctuation marks that belong to a neighboring word. */
    public boolean isPunctuation() {
        return Punctuation.isMarks(text);
    }

    double duration() {
        return end - start;
    }

    WordTiming from(double newStart) {
        return new WordTiming(text, tokens, newStart, end, probability);
    }

    WordTiming until(double newEnd) {
        return new WordTiming(text, tokens, start, newEnd, probability);
    }
}
