package io.github.whisperspeedtest.vad;

import java.time.Duration;
import java.util.Objects;

/**
 * How probabilities become stretches of speech.
 *
 * @param threshold probability from which a frame is speech, above 0 and at most 1
 * @param minSilence silence that must follow before a stretch ends; shorter silences belong to it
 * @param padding what is added to a stretch on either side, so that no first or last sound is cut off
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

    /** Returns faster-whisper's values, but for a silence of half a second, for which that program waits two seconds. */
    public static VadOptions defaults() {
        return new VadOptions(0.5f, Duration.ofMillis(500), Duration.ofMillis(400));
    }

    /** Returns the probability below which a frame is silence; between the two a frame is what the one before it was. */
    public float silenceThreshold() {
        return Math.max(threshold - HYSTERESIS, MIN_SILENCE_THRESHOLD);
    }
}
