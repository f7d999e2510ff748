package io.github.whisperspeedtest.dataset;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Draws a sample without replacement.
 *
 * <p>Written out here, so that no Java version changes which recordings a seed stands for: a generator SplitMix64 (source: Steele,
 * Lea and Flood, "Fast splittable pseudorandom number generators", 2014), bounded numbers by rejection, and the first steps of the
 * shuffle of Fisher and Yates.
 */
final class Sample {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    private Sample(long seed) {
        state = seed;
    }

    /** Returns the chosen elements in their order in the list. */
    static <T> List<T> of(List<T> all, int size, long seed) {
        if (size < 1) {
            throw new IllegalArgumentException("size must be at least 1, but was " + size);
        }
        Sample random = new Sample(seed);
        int[] indices = IntStream.range(0, all.size()).toArray();
        int chosen = Math.min(size, indices.length);
        for (int i = 0; i < chosen; i++) {
            int other = i + random.below(indices.length - i);
            int swapped = indices[i];
            indices[i] = indices[other];
            indices[other] = swapped;
        }
        return IntStream.of(indices).limit(chosen).sorted().mapToObj(all::get).toList();
    }

    private int below(int bound) {
        while (true) {
            long number = next() >>> 1;
            long rest = number % bound;
            // Negative in the last, incomplete range of numbers, which would make small rests more likely.
            if (number - rest + (bound - 1) >= 0) {
                return (int) rest;
            }
        }
    }

    private long next() {
        state += GOLDEN_GAMMA;
        long mixed = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
