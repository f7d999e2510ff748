package io.github.whisperspeedtest.streaming;

import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the engine makes of a window, with times of the stream.
 *
 * @param words the words in order; no text is blank
 * @param segmentEnds the ends of the segments
 * @param language code of the language
 * @param languageProbability null if the engine does not report it
 */
record Hypothesis(
        List<Word> words,
        List<Duration> segmentEnds,
        String language,
        @Nullable Double languageProbability) {
    private static final Pattern WORD = Pattern.compile("\\s*\\S+");

    static Hypothesis of(Transcription transcription, Duration offset) {
        List<Word> words = new ArrayList<>();
        List<Duration> ends = new ArrayList<>();
        for (Segment segment : transcription.segments()) {
            for (Word word : segment.words().isEmpty() ? divide(segment) : segment.words()) {
                if (!word.text().isBlank()) {
                    words.add(new Word(
                            offset.plus(word.start()), offset.plus(word.end()), word.text(), word.probability()));
                }
            }
            ends.add(offset.plus(segment.end()));
        }
        return new Hypothesis(words, ends, transcription.language(), transcription.languageProbability());
    }

    /** Shares out the time of a segment without word times by the number of characters. */
    private static List<Word> divide(Segment segment) {
        String text = segment.text();
        long nanos = segment.end().minus(segment.start()).toNanos();
        Double logProbability = segment.averageLogProbability();
        double probability = logProbability == null ? 1 : Math.min(1, Math.exp(logProbability));
        List<Word> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(text);
        while (matcher.find()) {
            words.add(new Word(
                    segment.start().plusNanos(share(nanos, matcher.start(), text.length())),
                    segment.start().plusNanos(share(nanos, matcher.end(), text.length())),
                    matcher.group(),
                    probability));
        }
        return words;
    }

    private static long share(long nanos, int characters, int all) {
        return (long) (nanos * ((double) characters / all));
    }
}
