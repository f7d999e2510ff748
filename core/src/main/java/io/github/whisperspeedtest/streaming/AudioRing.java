package io.github.whisperspeedtest.streaming;

import io.github.whisperspeedtest.audio.Audio;
import org.jspecify.annotations.Nullable;

/** The last samples of a stream, addressed by their position in it. Thread-safe. */
final class AudioRing {
    private final float[] samples;
    private long end;

    AudioRing(int capacity) {
        samples = new float[capacity];
    }

    synchronized void append(float[] source, int offset, int length) {
        int kept = Math.min(length, samples.length);
        int from = offset + length - kept;
        int at = (int) ((end + length - kept) % samples.length);
        int first = Math.min(kept, samples.length - at);
        System.arraycopy(source, from, samples, at, first);
        System.arraycopy(source, from + first, samples, 0, kept - first);
        end += length;
    }

    /** Returns the number of samples of the stream so far. */
    synchronized long end() {
        return end;
    }

    /** Returns the position of the oldest sample that is still here. */
    synchronized long start() {
        return Math.max(0, end - samples.length);
    }

    /** Copies samples, which must have arrived; returns whether all of them are still here. */
    synchronized boolean read(long position, float[] target, int length) {
        if (position < start()) {
            return false;
        }
        int at = (int) (position % samples.length);
        int first = Math.min(length, samples.length - at);
        System.arraycopy(samples, at, target, 0, first);
        System.arraycopy(samples, 0, target, first, length - first);
        return true;
    }

    /** Returns a copy of a part that has arrived, null if not all of it is still here. */
    @Nullable
    Audio view(long from, long to) {
        float[] copy = new float[Math.toIntExact(to - from)];
        return read(from, copy, copy.length) ? Audio.of("live audio", copy) : null;
    }
}
