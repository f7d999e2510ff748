package io.github.whisperspeedtest.decoding;

/**
 * A part of a recording that is decoded independently.
 *
 * @param firstFrame its first frame
 * @param frames its length in frames
 * @param stride frames at its start that belong to the previous chunk, half of the overlap; 0 for the first chunk
 * @param next first frame of the next chunk, {@link Long#MAX_VALUE} for the last one
 */
record Chunk(long firstFrame, int frames, int stride, long next) {
    private static final double FRAMES_PER_SECOND = 100;

    /** Returns this chunk in a recording that begins later. */
    Chunk shifted(long frames) {
        return new Chunk(firstFrame + frames, this.frames, stride, next == Long.MAX_VALUE ? next : next + frames);
    }

    /** Returns its start, in seconds. */
    double start() {
        return firstFrame / FRAMES_PER_SECOND;
    }

    /** Returns the start of its own part, in seconds: the middle of the overlap with the previous chunk. */
    double border() {
        return (firstFrame + stride) / FRAMES_PER_SECOND;
    }

    /** Returns the end of the previous chunk, in seconds. */
    double overlapEnd() {
        return (firstFrame + 2 * stride) / FRAMES_PER_SECOND;
    }

    /** Returns the start of the next chunk, in seconds. */
    double nextStart() {
        return next == Long.MAX_VALUE ? Double.POSITIVE_INFINITY : next / FRAMES_PER_SECOND;
    }
}
