package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.audio.Audio;
import java.util.ArrayList;
import java.util.List;

/**
 * The chunks of a recording: of equal length and overlapping, or separate ones that are given.
 *
 * <p>Immutable.
 */
final class Chunks {
    private static final int STRIDES_PER_CHUNK = 6;
    private static final long SAMPLES_PER_FRAME = Audio.SAMPLE_RATE / 100;

    private final List<Chunk> chunks;
    private final boolean overlapping;

    private Chunks(List<Chunk> chunks, boolean overlapping) {
        this.chunks = List.copyOf(chunks);
        this.overlapping = overlapping;
    }

    /**
     * Splits a recording into overlapping chunks of equal length.
     *
     * <p>A chunk has a stride of a sixth of its length on each side with a neighbour, where the two overlap. The last chunk
     * may be shorter, but is longer than its overlap with the previous one. Source: {@code chunk_iter} of
     * huggingface/transformers' {@code automatic_speech_recognition.py}.
     *
     * @param frames length of the recording in frames
     * @param length chunk length in frames, at least 6
     */
    static Chunks overlapping(long frames, int length) {
        int stride = Math.round((float) length / STRIDES_PER_CHUNK);
        int step = length - 2 * stride;
        long rest = Math.max(0, frames - length);
        int count = frames == 0 ? 0 : 1 + Math.toIntExact((rest + step - 1) / step);
        List<Chunk> chunks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long start = (long) i * step;
            chunks.add(new Chunk(
                    start,
                    (int) Math.min(length, frames - start),
                    i == 0 ? 0 : stride,
                    i == count - 1 ? Long.MAX_VALUE : start + step));
        }
        return new Chunks(chunks, true);
    }

    /**
     * Returns chunks that follow one another.
     *
     * <p>A chunk begins with the frame that its first sample is in, so it may contain up to 10 ms of the chunk before it.
     *
     * @param ends for each chunk the index after its last sample
     * @param frames length of the recording in frames
     * @param longest maximum length of a chunk in frames
     */
    static Chunks separate(List<Long> ends, long frames, int longest) {
        List<Chunk> chunks = new ArrayList<>(ends.size());
        long first = 0;
        for (int i = 0; i < ends.size(); i++) {
            long end = Math.min(frames, (ends.get(i) + SAMPLES_PER_FRAME - 1) / SAMPLES_PER_FRAME);
            long next = ends.get(i) / SAMPLES_PER_FRAME;
            if (end > first) {
                chunks.add(new Chunk(
                        first, (int) Math.min(longest, end - first), 0, i == ends.size() - 1 ? Long.MAX_VALUE : next));
            }
            first = next;
        }
        return new Chunks(chunks, false);
    }

    /** Returns whether neighbours overlap, so that their texts must be joined. */
    boolean areOverlapping() {
        return overlapping;
    }

    /** Returns the number of chunks; 0 for an empty recording. */
    int count() {
        return chunks.size();
    }

    /**
     * Returns a chunk.
     *
     * @param index from 0
     */
    Chunk get(int index) {
        return chunks.get(index);
    }
}
