package io.github.whisperspeedtest.alignment;

import java.util.ArrayList;
import java.util.List;

/**
 * Assigns the aligned words of a window to its segments and corrects implausible times.
 *
 * <p>The alignment is inaccurate in silence: a word next to a pause often absorbs the pause. Such words are limited to
 * twice the median word length, and if word and segment times differ by more than half a second, the segment time is
 * used. Source: {@code add_word_timestamps} in openai/whisper's {@code timing.py}.
 */
public final class WordTimestamps {
    private static final String ENDS_OF_SENTENCES = ".。!！?？";

    /** Upper limit of the median word length. */
    private static final double LONGEST_MEDIAN = 0.7;

    /** Tolerance by which a word may exceed its segment. */
    private static final double TOLERANCE = 0.5;

    private final double median;
    private final double longest;
    private final List<WordTiming> words;

    private WordTimestamps(List<WordTiming> alignment) {
        median = Math.min(LONGEST_MEDIAN, median(alignment));
        longest = 2 * median;
        words = Punctuation.merge(cutAtEndsOfSentences(alignment));
    }

    /**
     * A segment of a window.
     *
     * @param start seconds from the beginning of the recording
     * @param end seconds
     * @param textTokens how many text tokens it has
     */
    public record Span(double start, double end, int textTokens) {}

    /**
     * A segment and its words.
     *
     * @param start seconds from the beginning of the recording
     * @param end seconds
     * @param words its words, with times from the beginning of the recording
     */
    public record TimedSpan(double start, double end, List<WordTiming> words) {
        /** Copies the list. */
        public TimedSpan {
            words = List.copyOf(words);
        }
    }

    /**
     * Gives words to segments.
     *
     * @param segments the segments of a window in order
     * @param alignment the words of all of them, with times from the beginning of the window
     * @param offset seconds from the beginning of the recording to that of the window
     * @param lastSpeechEnd when the speech before the window ended, in seconds
     * @return the segments; those that have words begin and end with them
     */
    public static List<TimedSpan> place(
            List<Span> segments, List<WordTiming> alignment, double offset, double lastSpeechEnd) {
        WordTimestamps timestamps = new WordTimestamps(alignment);
        List<TimedSpan> placed = new ArrayList<>();
        double speechEnd = lastSpeechEnd;
        int next = 0;
        for (Span segment : segments) {
            List<WordTiming> words = new ArrayList<>();
            for (int tokens = 0; next < timestamps.words.size() && tokens < segment.textTokens(); next++) {
                WordTiming word = timestamps.words.get(next);
                tokens += word.tokens().size();
                // The first tokens of a window may end within a character; that is no word yet.
                if (!word.text().isEmpty()) {
                    words.add(word.from(hundredths(offset + word.start())).until(hundredths(offset + word.end())));
                }
            }
            TimedSpan span = words.isEmpty()
                    ? new TimedSpan(segment.start(), segment.end(), words)
                    : timestamps.fit(segment, words, speechEnd);
            if (!words.isEmpty()) {
                speechEnd = span.end();
            }
            placed.add(span);
        }
        return List.copyOf(placed);
    }

    private List<WordTiming> cutAtEndsOfSentences(List<WordTiming> alignment) {
        List<WordTiming> cut = new ArrayList<>(alignment);
        for (int i = 1; i < cut.size() && median > 0; i++) {
            WordTiming word = cut.get(i);
            if (word.duration() > longest) {
                if (ENDS_OF_SENTENCES.contains(word.text())) {
                    cut.set(i, word.until(word.start() + longest));
                } else if (ENDS_OF_SENTENCES.contains(cut.get(i - 1).text())) {
                    cut.set(i, word.from(word.end() - longest));
                }
            }
        }
        return cut;
    }

    private TimedSpan fit(Span segment, List<WordTiming> words, double lastSpeechEnd) {
        cutAfterPause(words, lastSpeechEnd);
        double start = segment.start();
        WordTiming first = words.get(0);
        if (start < first.end() && start - TOLERANCE > first.start()) {
            words.set(0, first.from(Math.max(0, Math.min(first.end() - median, start))));
        } else {
            start = first.start();
        }
        double end = segment.end();
        WordTiming last = words.get(words.size() - 1);
        if (end > last.start() && end + TOLERANCE < last.end()) {
            words.set(words.size() - 1, last.until(Math.max(last.start() + median, end)));
        } else {
            end = last.end();
        }
        // If the alignment collapsed all words to one point, the segment's own times are used.
        return end > start ? new TimedSpan(start, end, words) : new TimedSpan(segment.start(), segment.end(), words);
    }

    /** Shortens the first and the second word if they follow a pause and are too long. */
    private void cutAfterPause(List<WordTiming> words, double lastSpeechEnd) {
        WordTiming first = words.get(0);
        boolean afterPause = first.end() - lastSpeechEnd > 4 * median;
        boolean firstTooLong = first.duration() > longest;
        boolean bothTooLong = words.size() > 1 && words.get(1).end() - first.start() > 2 * longest;
        if (!afterPause || !firstTooLong && !bothTooLong) {
            return;
        }
        if (words.size() > 1 && words.get(1).duration() > longest) {
            WordTiming second = words.get(1);
            double boundary = Math.max(second.end() / 2, second.end() - longest);
            first = first.until(boundary);
            words.set(1, second.from(boundary));
        }
        words.set(0, first.from(Math.max(0, first.end() - longest)));
    }

    private static double median(List<WordTiming> words) {
        double[] durations = words.stream()
                .mapToDouble(WordTiming::duration)
                .filter(duration -> duration != 0)
                .sorted()
                .toArray();
        int middle = durations.length / 2;
        if (durations.length == 0) {
            return 0;
        }
        return durations.length % 2 == 1 ? durations[middle] : (durations[middle - 1] + durations[middle]) / 2;
    }

    private static double hundredths(double seconds) {
        return Math.rint(seconds * 100) / 100;
    }
}
