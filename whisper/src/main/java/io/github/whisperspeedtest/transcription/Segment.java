package io.github.whisperspeedtest.transcription;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A segment of speech with its text.
 *
 * @param start offset from the beginning of the audio
 * @param end offset from the beginning of the audio, not before {@code start}
 * @param text the text as decoded, usually with a leading space
 * @param tokens ids of the decoded tokens in the model's vocabulary, empty if the engine does not report them
 * @param averageLogProbability mean natural logarithm of the tokens' probabilities, null if the engine does not report
 *     them
 * @param noSpeechProbability probability that the window holds no speech, 0 to 1, null if the engine does not report
 *     them
 * @param words the words, empty unless {@link Timestamps#WORD} was requested
 */
public record Segment(
        Duration start,
        Duration end,
        String text,
        List<Integer> tokens,
        @Nullable Double averageLogProbability,
        @Nullable Double noSpeechProbability,
        List<Word> words) {
    /** Copies the lists. */
    public Segment {
        Objects.requireNonNull(start, "start");
        Objects.requireNonNull(end, "end");
        Objects.requireNonNull(text, "text");
        tokens = List.copyOf(tokens);
        words = List.copyOf(words);
    }

    /** Returns this segment with other times. */
    public Segment withTimes(Duration newStart, Duration newEnd, List<Word> newWords) {
        return new Segment(newStart, newEnd, text, tokens, averageLogProbability, noSpeechProbability, newWords);
    }

    /** Returns this segment limited to a range of time; its words remain ordered within it. */
    public Segment within(Duration from, Duration to) {
        Duration newStart = between(start, from, to);
        Duration newEnd = between(end, newStart, to);
        List<Word> limited = new ArrayList<>();
        Duration previous = newStart;
        for (Word word : words) {
            Duration wordStart = between(word.start(), previous, newEnd);
            Duration wordEnd = between(word.end(), wordStart, newEnd);
            limited.add(new Word(wordStart, wordEnd, word.text(), word.probability()));
            previous = wordStart;
        }
        return withTimes(newStart, newEnd, limited);
    }

    private static Duration between(Duration time, Duration least, Duration most) {
        if (time.compareTo(most) > 0) {
            return most;
        }
        return time.compareTo(least) < 0 ? least : time;
    }
}
