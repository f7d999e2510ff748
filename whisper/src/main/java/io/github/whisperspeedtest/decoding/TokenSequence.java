package io.github.whisperspeedtest.decoding;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The tokens decoded so far for one window, and their joint probability; without the prompt, but with the part of it that
 * belongs to the text.
 */
final class TokenSequence {
    private int[] tokens;
    private int length;
    private int given;
    private double logProbability;

    TokenSequence(int capacity) {
        tokens = new int[capacity];
    }

    private TokenSequence(TokenSequence other) {
        tokens = other.tokens.clone();
        length = other.length;
        given = other.given;
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

    /** Appends a token that is given, not decoded, so it is certain. */
    void appendGiven(int token) {
        append(token, 0);
        given = length;
    }

    /** Adds the log probability of the end of the text. */
    void addLogProbability(double value) {
        logProbability += value;
    }

    int length() {
        return length;
    }

    /** Returns the number of tokens that have been decoded, without those given at the start. */
    int decoded() {
        return length - given;
    }

    int token(int index) {
        return tokens[index];
    }

    /** Returns the sum of the log probabilities of all tokens. */
    double logProbability() {
        return logProbability;
    }

    int[] toArray() {
        return Arrays.copyOf(tokens, length);
    }

    List<Integer> tokens() {
        return Arrays.stream(tokens, 0, length).boxed().collect(Collectors.toUnmodifiableList());
    }
}
