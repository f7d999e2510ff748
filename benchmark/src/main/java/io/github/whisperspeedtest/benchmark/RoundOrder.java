package io.github.whisperspeedtest.benchmark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Shuffles the candidates of each round, always in the same way for the same seed. */
final class RoundOrder {
    private final Random random;

    RoundOrder(long seed) {
        random = new Random(seed);
    }

    /** Returns the elements in random order. */
    <T> List<T> next(List<T> elements) {
        List<T> shuffled = new ArrayList<>(elements);
        Collections.shuffle(shuffled, random);
        return shuffled;
    }
}
