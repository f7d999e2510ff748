package io.github.whisperspeedtest.decoding;

/**
 * A part of a recording that is decoded by itself.
 *
 * @param firstFrame where it begins
 * @param frames how long it is
 * @param stride frames at its beginning that belong to the chunk before, which shares as many again with it; 0 for the first chunk
 * @param next first frame of the next chunk, {@link Long#MAX_VALUE} for the last one
 */
record Chunk(long firstFrame, int frames, int stride, long next) {
    private static final double FRAMES_PER_SECOND = 100;

    /** Returns when it begins, in seconds. */
    double start() {
        return firstFrame / FRAMES_PER_SECOND;
    }

    /** Returns when its own part begins, in seconds: the middle of what it shares with the chunk before. */
    double border() {
        return (firstFrame + stride) / FRAMES_PER_SECOND;
    }

    /** Returns when the chunk before ends, in seconds. */
    double overlapEnd() {
        return (firstFrame + 2 * stride) / FRAMES_PER_SECOND;
    }

    /** Returns when the next chunk begins, in seconds. */
    double nextStart() {
        return next == Long.MAX_VALUE ? Double.POSITIVE_INFINITY : next / FRAMES_PER_SECOND;
    }
}
