package io.github.whisperspeedtest.benchmark;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One recording of a benchmark.
 *
 * @param name what it is called, usually its file name
 * @param duration its length, more than zero
 * @param reference what is said in it, null where that is not known
 */
public record BenchmarkAudio(
        String name, Duration duration, @Nullable String reference) {
    /** Checks the length. */
    public BenchmarkAudio {
        Objects.requireNonNull(name, "name");
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("audio '" + name + "' must have a length, but has " + duration);
        }
    }
}
