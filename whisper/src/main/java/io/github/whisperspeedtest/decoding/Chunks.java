package io.github.whisperspeedtest.decoding;

/**
 * Splits a recording into overlapping chunks of equal length.
 *
 * <p>A chunk has a stride of a sixth of its length on each side with a neighbour, where the two overlap. The last chunk
 * may be shorter, but is longer than its overlap with the previous one. Source: {@code chunk_iter} of
 * huggingface/transformers' {@code automatic_speech_recognition.py}.
 *
 * <p>Immutable.
 */
final class Chunks {
    private static final int STRIDES_PER_CHUNK = 6;

    private final long frames;
    private final int length;
    private final int stride;
    private final int count;

    /**
     * Splits a recording.
     *
     * @param frames its length in frames
     * @param length chunk length in frames, at least 6
     */
    Chunks(long frames, int length) {
        this.frames = frames;
        this.length = length;
        stride = Math.round((float) length / STRIDES_PER_CHUNK);
        long rest = Math.max(0, frames - length);
        count = frames == 0 ? 0 : 1 + Math.toIntExact((rest + step() - 1) / step());
    }

    private int step() {
        return length - 2 * stride;
    }

    /** Returns the number of chunks; 0 for an empty recording. */
    int count() {
        return count;
    }

    /**
     * Returns a chunk.
     *
     * @param index from 0
     */
    Chunk get(int index) {
        long start = (long) index * step();
        return new Chunk(
                start,
                (int) Math.min(length, frames - start),
                index == 0 ? 0 : stride,
                index == count - 1 ? Long.MAX_VALUE : start + step());
    }
}
