package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.alignment.WordTiming;
import java.util.List;

/**
 * A segment of a window with its tokens.
 *
 * @param start seconds from the beginning of the recording
 * @param end seconds
 * @param tokens text and timestamps
 * @param words the words, empty unless they were aligned
 */
record DecodedSegment(double start, double end, List<Integer> tokens, List<WordTiming> words) {
    DecodedSegment {
        tokens = List.copyOf(tokens);
        words = List.copyOf(words);
    }
}
