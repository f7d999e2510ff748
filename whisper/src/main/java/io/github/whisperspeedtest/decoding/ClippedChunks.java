package io.github.whisperspeedtest.decoding;

import java.util.List;

/** The chunks of the parts of a recording; chunks of different parts do not overlap. */
final class ClippedChunks {
    private final List<FrameRange> parts;
    private final List<Chunks> chunks;
    private final int count;

    /**
     * Splits each part into chunks.
     *
     * @param parts in order
     * @param length chunk length in frames, at least 6
     */
    ClippedChunks(List<FrameRange> parts, int length) {
        this.parts = List.copyOf(parts);
        chunks = parts.stream().map(part -> new Chunks(part.length(), length)).toList();
        count = chunks.stream().mapToInt(Chunks::count).sum();
    }

    int count() {
        return count;
    }

    /** Returns a chunk, with its frames counted from the start of the recording. */
    Chunk get(int index) {
        int part = 0;
        int rest = index;
        while (rest >= chunks.get(part).count()) {
            rest -= chunks.get(part).count();
            part++;
        }
        Chunk chunk = chunks.get(part).get(rest);
        long offset = parts.get(part).start();
        return new Chunk(
                offset + chunk.firstFrame(),
                chunk.frames(),
                chunk.stride(),
                chunk.next() == Long.MAX_VALUE ? Long.MAX_VALUE : offset + chunk.next());
    }

    /** Returns the fraction of all parts covered by the first chunks; half of each overlap belongs to either chunk. */
    double progress(int done) {
        if (done == count) {
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
