package io.github.whisperspeedtest.decoding;

import java.util.List;

/**
 * A segment of a chunk as words with times.
 *
 * @param start seconds from the beginning of the recording
 * @param end seconds
 * @param words its words, at least one
 * @param window the decoding result that contains it
 */
record ChunkSegment(double start, double end, List<ChunkWord> words, DecodedWindow window) {
    ChunkSegment {
        words = List.copyOf(words);
        if (words.isEmpty()) {
            throw new IllegalArgumentException("a segment needs a word");
        }
    }

    /** Returns the tokens of its words. */
    List<Integer> tokens() {
        return words.stream().flatMap(word -> word.timing().tokens().stream()).toList();
    }

    ChunkWord lastWord() {
        return words.get(words.size() - 1);
    }

    ChunkSegment from(double newStart, List<ChunkWord> rest) {
        return new ChunkSegment(newStart, Math.max(newStart, end), rest, window);
    }

    ChunkSegment until(double newEnd, List<ChunkWord> rest) {
        return new ChunkSegment(Math.min(start, newEnd), newEnd, rest, window);
    }

    ChunkSegment until(double newEnd) {
        return until(newEnd, words);
    }
}
