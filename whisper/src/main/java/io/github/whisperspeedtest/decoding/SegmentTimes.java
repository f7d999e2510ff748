package io.github.whisperspeedtest.decoding;

import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Word;
import io.github.whisperspeedtest.vad.FilteredAudio;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Adjusts the times of segments and their words. */
final class SegmentTimes {
    private SegmentTimes() {}

    /** Maps a segment of the filtered audio to the times of the whole recording. */
    static Segment original(FilteredAudio filtered, Segment segment) {
        List<Word> words = segment.words().stream()
                .map(word -> {
                    Duration middle = word.start().plus(word.end()).dividedBy(2);
                    return new Word(
                            filtered.original(word.start(), middle),
                            filtered.original(word.end(), middle),
                            word.text(),
                            word.probability());
                })
                .toList();
        Duration start = words.isEmpty()
                ? filtered.original(segment.start())
                : words.get(0).start();
        Duration end = words.isEmpty()
                ? filtered.originalEnd(segment.end())
                : words.get(words.size() - 1).end();
        return with(segment, start, end, words);
    }

    /** Limits a segment to a time range; its words remain ordered within it. */
    static Segment clamp(Segment segment, Duration from, Duration to) {
        Duration start = between(segment.start(), from, to);
        Duration end = between(segment.end(), start, to);
        List<Word> words = new ArrayList<>();
        Duration previous = start;
        for (Word word : segment.words()) {
            Duration wordStart = between(word.start(), previous, end);
            words.add(new Word(wordStart, between(word.end(), wordStart, end), word.text(), word.probability()));
            previous = wordStart;
        }
        return with(segment, start, end, words);
    }

    private static Duration between(Duration time, Duration least, Duration most) {
        if (time.compareTo(most) > 0) {
            return most;
        }
        return time.compareTo(least) < 0 ? least : time;
    }

    private static Segment with(Segment segment, Duration start, Duration end, List<Word> words) {
        return new Segment(
                start,
                end,
                segment.text(),
                segment.tokens(),
                segment.averageLogProbability(),
                segment.noSpeechProbability(),
                words);
    }
}
