package io.github.whisperspeedtest.decoding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Consecutive segments, viewed as one sequence of words and one sequence of tokens. */
final class WordLine {
    private final List<ChunkSegment> segments;
    private final List<ChunkWord> words = new ArrayList<>();

    /** For each segment, the index of its first word; then the number of words. */
    private final int[] firstWords;

    private final int[] tokens;

    /** For each token, the index of the word that it starts, or -1; then the number of words. */
    private final int[] wordAt;

    /** For each token, the middle of its share of the word's time, in seconds. */
    private final double[] times;

    WordLine(List<ChunkSegment> segments) {
        this.segments = List.copyOf(segments);
        firstWords = new int[segments.size() + 1];
        for (int i = 0; i < segments.size(); i++) {
            words.addAll(segments.get(i).words());
            firstWords[i + 1] = words.size();
        }
        tokens = words.stream()
                .flatMap(word -> word.timing().tokens().stream())
                .mapToInt(Integer::intValue)
                .toArray();
        wordAt = new int[tokens.length + 1];
        times = new double[tokens.length];
        Arrays.fill(wordAt, -1);
        int token = 0;
        for (int i = 0; i < words.size(); i++) {
            ChunkWord word = words.get(i);
            int count = word.timing().tokens().size();
            wordAt[token] = i;
            for (int k = 0; k < count; k++) {
                times[token++] = word.start() + (word.end() - word.start()) * (k + 0.5) / count;
            }
        }
        wordAt[tokens.length] = words.size();
    }

    List<ChunkSegment> segments() {
        return segments;
    }

    int wordCount() {
        return words.size();
    }

    List<ChunkWord> words(int from, int to) {
        return words.subList(from, to);
    }

    /** Returns the index of a segment's first word; for the number of segments, the number of words. */
    int firstWord(int segment) {
        return firstWords[segment];
    }

    /** Returns whether a segment starts with a word, or all segments end before it. */
    boolean isBetweenSegments(int word) {
        return Arrays.binarySearch(firstWords, word) >= 0;
    }

    /** Returns the index of the first word whose middle is not before a time, or the number of words. */
    int firstWordFrom(double time) {
        int word = 0;
        while (word < words.size() && (words.get(word).start() + words.get(word).end()) / 2 < time) {
            word++;
        }
        return word;
    }

    int tokenCount() {
        return tokens.length;
    }

    int token(int index) {
        return tokens[index];
    }

    double time(int token) {
        return times[token];
    }

    /** Returns the index of the word that begins with a token, or -1; for the number of tokens, the number of words. */
    int wordAt(int token) {
        return wordAt[token];
    }

    /** Returns the index of the first token whose time is not before the given one, or the number of tokens. */
    int firstTokenFrom(double time) {
        int token = 0;
        while (token < times.length && times[token] < time) {
            token++;
        }
        return token;
    }
}
