package io.github.whisperspeedtest.decoding;

/**
 * Where the texts of two chunks are joined.
 *
 * @param left how many words are kept of the earlier text
 * @param right how many words are left out at the beginning of the later text
 */
record Seam(int left, int right) {}
