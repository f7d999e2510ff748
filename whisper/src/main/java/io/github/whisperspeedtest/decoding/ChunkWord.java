package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.alignment.WordTiming;

/**
 * A word of a chunk.
 *
 * @param timing the word with its reported times
 * @param start start in seconds, interpolated between the surrounding timestamps by the number of letters; used to
 *     compare chunks
 * @param end end, interpolated likewise
 */
record ChunkWord(WordTiming timing, double start, double end) {}
