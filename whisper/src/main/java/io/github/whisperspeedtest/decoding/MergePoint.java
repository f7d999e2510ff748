package io.github.whisperspeedtest.decoding;

/**
 * The place where the texts of two chunks are joined.
 *
 * @param left number of words kept of the earlier text
 * @param right number of words dropped at the beginning of the later text
 */
record MergePoint(int left, int right) {}
