package io.github.whisperspeedtest.vad;

import java.time.Duration;
import java.util.Objects;

/**
 * Parameters for converting speech probabilities to spans of speech.
 *
 * @param threshold probability at or above which a frame is speech, above 0 and at most 1
 * @param minSilence minimum silence that ends a span; shorter silences belong to it
 * @param padding added to a span on either side, so that its first and last sounds are not cut off
 */
public record VadOptions(float threshold, Duration minSilence, Duration padding) {
    /** How far below the threshold a frame must fall to be silence, and the least that this can come to; faster-whisper's. */
    private static final float HYSTERESIS = 0.15f;

    private static final float MIN_SILENCE_THRESHOLD = 0.01f;

    /** Checks the ranges. */
    public VadOptions {
        Objects.requireNonNull(minSilence, "minSilence");
        Objects.requireNonNull(padding, "padding");
        if (!(threshold > 0 && threshold <= 1)) {
            throw new IllegalArgumentException("threshold must be above 0 and at most 1, but was " + threshold);
        }
        if (minSilence.isNegative() || padding.isNegative()) {
            throw new IllegalArgumentException(
                    "minSilence and padding must not be negative, but were " + minSilence + " and " + padding);
        }
    }

    /** Returns faster-whisper's values, except for a minimum silence of half a second instead of two seconds. */
    public static VadOptions defaults() {
        return new VadOptions(0.5f, Duration.ofMillis(500), Duration.ofMillis(400));
    }

    /** Returns the probability below which a frame is silence; between the two a frame is what the one before it was. */
    public float silenceThreshold() {
        return Math.max(threshold - HYSTERESIS, MIN_SILENCE_THRESHOLD);
    }
}
