package io.github.whisperspeedtest.decoding;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The tokens decoded so far for one window, without its prompt, and their joint probability. */
final class TokenSequence {
    private int[] tokens;
    private int length;
    private double logProbability;

    TokenSequence(int capacity) {
        tokens = new int[capacity];
    }

    private TokenSequence(TokenSequence other) {
        tokens = other.tokens.clone();
        length = other.length;
        logProbability = other.logProbability;
    }

    TokenSequence copy() {
        return new TokenSequence(this);
    }

    /** Appends a token and adds the logarithm of its probability. */
    void append(int token, double logProbability) {
        addLogProbability(logProbability);
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * length + 1);
        }
        tokens[length++] = token;
    }

    /** Adds the log probability of the end of the text. */
    void addLogProbability(double value) {
        logProbability += value;
    }

    int length() {
        return length;
    }

    int token(int index) {
        return tokens[index];
    }

    /** Returns the sum of the log probabilities of all tokens. */
    double logProbability() {
        return logProbability;
    }

    List<Integer> tokens() {
        return Arrays.stream(tokens, 0, length).boxed().collect(Collectors.toUnmodifiableList());
    }
}
