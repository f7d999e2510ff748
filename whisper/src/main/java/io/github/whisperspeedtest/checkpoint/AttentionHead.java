package io.github.whisperspeedtest.checkpoint;

/**
 * One head of the decoder's cross-attention.
 *
 * @param layer decoder layer, from 0
 * @param head head in that layer, from 0
 */
public record AttentionHead(int layer, int head) {}
