package io.github.whisperspeedtest.decoding;

/**
 * How a recording is cut into chunks of one length that overlap.
 *
 * <p>A chunk has a stride of a sixth of its length on each side where it has a neighbour; there the two hear the same. The last chunk is
 * shorter, but longer than what it shares with the one before. Source: {@code chunk_iter} of huggingface/transformers' {@code
 * automatic_speech_recognition.py}.
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
     * Cuts a recording.
     *
     * @param frames how long it is, in frames
     * @param length how long a chunk is, in frames; at least 6
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

    /** Returns the number of chunks; none where there are no frames. */
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
