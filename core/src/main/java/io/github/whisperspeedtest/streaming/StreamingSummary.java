package io.github.whisperspeedtest.streaming;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Figures of a stream that ended.
 *
 * @param audio length of the audio
 * @param words number of confirmed words
 * @param utterances number of reported utterances
 * @param decodes number of hypotheses
 * @param decodeTime time that they took
 * @param medianLatency median time from the end of a word to its confirmation, to 10 ms; null without words
 * @param latency95 95th percentile of that time; null without words
 * @param skipped length of the audio that was never transcribed
 * @param language code of the language, null without words
 */
public record StreamingSummary(
        Duration audio,
        long words,
        long utterances,
        long decodes,
        Duration decodeTime,
        @Nullable Duration medianLatency,
        @Nullable Duration latency95,
        Duration skipped,
        @Nullable String language) {
    /** Returns the time that decoding took by the length of the audio; 0 without audio. */
    public double realTimeFactor() {
        return audio.isZero() ? 0 : decodeTime.toNanos() / (double) audio.toNanos();
    }
}
