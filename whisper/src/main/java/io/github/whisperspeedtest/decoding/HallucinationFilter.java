package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.alignment.WordTiming;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds text that the model may have invented for silence: segments of improbable, very short or very long words,
 * between silences or other such segments.
 *
 * <p>Source: {@code hallucination_silence_threshold} in the loop of openai/whisper's {@code transcribe.py}, and the
 * numbers below.
 */
final class HallucinationFilter {
    private static final double MIN_PROBABILITY = 0.15;
    private static final double MIN_WORD_SECONDS = 0.133;
    private static final double MAX_WORD_SECONDS = 2;

    /** Weight of the seconds that a word is too short. */
    private static final double SHORTNESS_WEIGHT = 15;

    private static final int JUDGED_WORDS = 8;
    private static final double MAX_SCORE = 3;

    /** Compensates for rounding where every word has a score of 1. */
    private static final double ROUNDING = 0.01;

    /** Distance to the start or the end of a window within which there is no evidence of speech outside of it. */
    private static final double EDGE_SECONDS = 2;

    private static final double MIN_ADVANCE_SECONDS = 1;

    private final double threshold;

    /**
     * Creates a filter.
     *
     * @param threshold the shortest silence, in seconds
     */
    HallucinationFilter(double threshold) {
        this.threshold = threshold;
    }

    /** Returns the filter that options request; null for none. */
    static @Nullable HallucinationFilter of(TranscribeOptions options) {
        Duration threshold = options.hallucinationSilenceThreshold();
        return threshold == null ? null : new HallucinationFilter(threshold.toMillis() / 1000.0);
    }

    /** Returns whether a time is long enough for a silence. */
    boolean isSilence(double seconds) {
        return seconds > threshold;
    }

    /**
     * Returns the silence before the first words of a window, in seconds, if it is to be skipped because those words are
     * suspicious; otherwise 0.
     *
     * @param windowStart seconds from the beginning of the recording
     */
    double leadingSilence(List<DecodedSegment> segments, double windowStart) {
        DecodedSegment first = firstWithWords(segments, 0);
        if (first == null || !isSuspicious(first)) {
            return 0;
        }
        double gap = first.start() - windowStart;
        return isSilence(gap) ? gap : 0;
    }

    /**
     * Returns the index of the first segment that is invented, or -1.
     *
     * @param segments the segments of a window with their words
     * @param windowStart seconds from the beginning of the recording
     * @param audioEnd end of the window's audio, in seconds
     * @param windowEnd end of the window including padding, in seconds
     * @param lastSpeechEnd when the speech before the window ended, in seconds
     */
    int find(
            List<DecodedSegment> segments,
            double windowStart,
            double audioEnd,
            double windowEnd,
            double lastSpeechEnd) {
        double previousEnd = lastSpeechEnd;
        for (int i = 0; i < segments.size(); i++) {
            DecodedSegment segment = segments.get(i);
            if (segment.words().isEmpty()) {
                continue;
            }
            if (isSuspicious(segment)) {
                DecodedSegment next = firstWithWords(segments, i + 1);
                double nextStart = next == null ? audioEnd : next.words().get(0).start();
                boolean silenceBefore = isSilence(segment.start() - previousEnd)
                        || segment.start() < threshold
                        || segment.start() - windowStart < EDGE_SECONDS;
                boolean silenceAfter = isSilence(nextStart - segment.end())
                        || next != null && isSuspicious(next)
                        || windowEnd - segment.end() < EDGE_SECONDS;
                if (silenceBefore && silenceAfter) {
                    return i;
                }
            }
            previousEnd = segment.end();
        }
        return -1;
    }

    /**
     * Returns where to go on after an invented segment was dropped, in seconds.
     *
     * @param windowStart seconds from the beginning of the recording
     */
    double continuation(DecodedSegment dropped, double windowStart, double recordingEnd) {
        return recordingEnd - dropped.end() < threshold
                ? recordingEnd
                : Math.max(windowStart + MIN_ADVANCE_SECONDS, dropped.start());
    }

    private static @Nullable DecodedSegment firstWithWords(List<DecodedSegment> segments, int from) {
        return segments.stream()
                .skip(from)
                .filter(segment -> !segment.words().isEmpty())
                .findFirst()
                .orElse(null);
    }

    /** Returns whether the first words of a segment, which has some, are like those that models invent. */
    private static boolean isSuspicious(DecodedSegment segment) {
        List<WordTiming> words = segment.words().stream()
                .filter(word -> !word.isPunctuation())
                .limit(JUDGED_WORDS)
                .toList();
        double score = words.stream().mapToDouble(HallucinationFilter::score).sum();
        return score >= MAX_SCORE || score + ROUNDING >= words.size();
    }

    private static double score(WordTiming word) {
        double seconds = word.end() - word.start();
        double score = word.probability() < MIN_PROBABILITY ? 1 : 0;
        if (seconds < MIN_WORD_SECONDS) {
            score += (MIN_WORD_SECONDS - seconds) * SHORTNESS_WEIGHT;
        }
        return score + Math.max(0, seconds - MAX_WORD_SECONDS);
    }
}
