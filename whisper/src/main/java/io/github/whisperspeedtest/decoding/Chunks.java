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

    private final List<FrameRange> parts;
    private final List<Chunk> chunks;
    private final boolean overlapping;

    private Chunks(List<FrameRange> parts, List<Chunk> chunks, boolean overlapping) {
        this.parts = List.copyOf(parts);
        this.chunks = List.copyOf(chunks);
        this.overlapping = overlapping;
    }

    /**
     * Splits parts of a recording into overlapping chunks of equal length; chunks of different parts do not overlap.
     *
     * <p>A chunk has a stride of a sixth of its length on each side with a neighbour, where the two overlap. The last chunk
     * may be shorter, but is longer than its overlap with the previous one. Source: {@code chunk_iter} of
     * huggingface/transformers' {@code automatic_speech_recognition.py}.
     *
     * @param parts in order
     * @param length chunk length in frames, at least 6
     */
    static Chunks overlapping(List<FrameRange> parts, int length) {
        List<Chunk> chunks = new ArrayList<>();
        parts.forEach(part -> split(part, length, chunks));
        return new Chunks(parts, chunks, true);
    }

    private static void split(FrameRange part, int length, List<Chunk> chunks) {
        int stride = Math.round((float) length / STRIDES_PER_CHUNK);
        int step = length - 2 * stride;
        long rest = Math.max(0, part.length() - length);
        int count = part.length() == 0 ? 0 : 1 + Math.toIntExact((rest + step - 1) / step);
        for (int i = 0; i < count; i++) {
            long start = part.start() + (long) i * step;
            chunks.add(new Chunk(
                    start,
                    (int) Math.min(length, part.end() - start),
                    i == 0 ? 0 : stride,
                    i == count - 1 ? Long.MAX_VALUE : start + step));
        }
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
        return new Chunks(List.of(new FrameRange(0, frames)), chunks, false);
    }

    /**
     * Returns the chunks of recordings that are laid one after the other, each in the order of its recording.
     *
     * @param recordings the chunks of each recording, from {@link #separate}
     * @param starts for each recording the frame where it begins
     */
    static Chunks of(List<Chunks> recordings, List<Long> starts) {
        List<FrameRange> parts = new ArrayList<>();
        List<Chunk> chunks = new ArrayList<>();
        for (int i = 0; i < recordings.size(); i++) {
            long start = starts.get(i);
            recordings
                    .get(i)
                    .parts
                    .forEach(part -> parts.add(new FrameRange(start + part.start(), start + part.end())));
            recordings.get(i).chunks.forEach(chunk -> chunks.add(chunk.shifted(start)));
        }
        return new Chunks(parts, chunks, false);
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

    /** Returns the fraction of all parts covered by the first chunks; half of each overlap belongs to either chunk. */
    double progress(int done) {
        if (done == chunks.size()) {
            return 1;
        }
        Chunk next = get(done);
        long border = next.firstFrame() + next.stride();
        long covered = parts.stream()
                .mapToLong(part -> Math.max(0, Math.min(border, part.end()) - part.start()))
                .sum();
        return (double) covered / FrameRange.total(parts);
    }
}
