package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.alignment.WordTiming;

/**
 * A word of a chunk.
 *
 * @param timing the word as it is told of
 * @param start when it is said by the timestamps around it, as if all letters were equally long, in seconds; by this chunks are compared
 * @param end the same for its end
 */
record ChunkWord(WordTiming timing, double start, double end) {}
