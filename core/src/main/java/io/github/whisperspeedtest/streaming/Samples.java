package io.github.whisperspeedtest.streaming;

import io.github.whisperspeedtest.audio.Audio;
import java.time.Duration;

/** Conversion between positions in a stream and its times. */
final class Samples {
    /** Exact: a sample lasts 62.5 µs. */
    private static final long NANOS = 1_000_000_000L / Audio.SAMPLE_RATE;

    private Samples() {}

    static Duration duration(long samples) {
        return Duration.ofNanos(Math.multiplyExact(samples, NANOS));
    }

    /** Rounds down. */
    static long of(Duration duration) {
        return duration.toNanos() / NANOS;
    }
}
