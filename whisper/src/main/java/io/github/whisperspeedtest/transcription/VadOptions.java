package io.github.whisperspeedtest.transcription;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Parameters for converting speech probabilities to spans of speech.
 *
 * <p>Meanings and defaults are those of faster-whisper 1.2, {@code VadOptions} in {@code vad.py}.
 *
 * @param threshold probability at or above which a frame is speech, above 0 and at most 1
 * @param minSilence minimum silence that ends a span; shorter silences belong to it. Null, the default, is {@link #MIN_SILENCE},
 *     or {@link #MIN_SILENCE_OF_CHUNKS} if spans are decoded as independent chunks
 * @param minSpeech a span that is not longer is left out
 * @param maxSpeech maximum length of a span, padding included. A longer one is split at its last silence of more than 98 ms, or
 *     else where it becomes too long. Null, the default, is no maximum
 * @param padding added to a span on either side, so that its first and last sounds are not cut off
 */
public record VadOptions(
        double threshold,
        @Nullable Duration minSilence,
        Duration minSpeech,
        @Nullable Duration maxSpeech,
        Duration padding) {
    /** The default of {@link #minSilence}. */
    public static final Duration MIN_SILENCE = Duration.ofSeconds(2);

    /** The default of {@link #minSilence} for independent chunks; source: faster-whisper's {@code BatchedInferencePipeline}. */
    public static final Duration MIN_SILENCE_OF_CHUNKS = Duration.ofMillis(160);

    /** How far below the threshold a frame must fall to be silence, and the least that this can come to; faster-whisper's. */
    private static final double HYSTERESIS = 0.15;

    private static final double MIN_SILENCE_THRESHOLD = 0.01;

    /** The least speech between both paddings of a span of the maximum length. */
    private static final Duration MIN_UNPADDED = Duration.ofMillis(100);

    private static final Duration LONGEST = Duration.ofDays(1);

    private static final VadOptions DEFAULTS = new VadOptions(0.5, null, Duration.ZERO, null, Duration.ofMillis(400));

    /** Checks the ranges. */
    public VadOptions {
        if (!(threshold > 0 && threshold <= 1)) {
            throw new IllegalArgumentException("vad threshold must be above 0 and at most 1, but was " + threshold);
        }
        checkRange(minSilence, "minimum silence");
        checkRange(Objects.requireNonNull(minSpeech, "minSpeech"), "minimum speech");
        checkRange(maxSpeech, "maximum speech");
        checkRange(Objects.requireNonNull(padding, "padding"), "padding");
        if (maxSpeech != null && maxSpeech.compareTo(padding.multipliedBy(2).plus(MIN_UNPADDED)) < 0) {
            throw new IllegalArgumentException(
                    "vad maximum speech must be at least 0.1 s longer than the padding on both"
                            + " sides, but was " + maxSpeech.toMillis() / 1000.0 + " s with a padding of "
                            + padding.toMillis() / 1000.0 + " s");
        }
    }

    private static void checkRange(@Nullable Duration value, String name) {
        if (value != null && (value.isNegative() || value.compareTo(LONGEST) > 0)) {
            throw new IllegalArgumentException(
                    "vad " + name + " must be from 0 to 24 hours, but was " + value.toMillis() / 1000.0 + " s");
        }
    }

    /** Returns faster-whisper's values. */
    public static VadOptions defaults() {
        return DEFAULTS;
    }

    /** Returns these options with another threshold. */
    public VadOptions withThreshold(double value) {
        return new VadOptions(value, minSilence, minSpeech, maxSpeech, padding);
    }

    /** Returns these options with another minimum silence; null for the default. */
    public VadOptions withMinSilence(@Nullable Duration value) {
        return new VadOptions(threshold, value, minSpeech, maxSpeech, padding);
    }

    /** Returns these options with another maximum length of a span; null for none. */
    public VadOptions withMaxSpeech(@Nullable Duration value) {
        return new VadOptions(threshold, minSilence, minSpeech, value, padding);
    }

    /**
     * Returns these options for independent chunks: the maximum length of a span is at most that of a chunk, and the default of
     * the minimum silence is {@link #MIN_SILENCE_OF_CHUNKS}.
     *
     * @throws IllegalArgumentException if the chunks are too short for the padding
     */
    public VadOptions forChunks(Duration chunkLength) {
        return new VadOptions(
                threshold,
                minSilence == null ? MIN_SILENCE_OF_CHUNKS : minSilence,
                minSpeech,
                maxSpeech == null || maxSpeech.compareTo(chunkLength) > 0 ? chunkLength : maxSpeech,
                padding);
    }

    /** Returns the probability below which a frame is silence; between the two a frame is what the one before it was. */
    public double silenceThreshold() {
        return Math.max(threshold - HYSTERESIS, MIN_SILENCE_THRESHOLD);
    }
}
