package io.github.whisperspeedtest.alignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WordTimestampsTest {
    private static final double EXACT = 1e-9;

    @Test
    void assignsWordsToSegmentsOfTheirTokens() {
        List<WordTimestamps.TimedSpan> placed = WordTimestamps.place(
                List.of(new WordTimestamps.Span(30, 31, 3), new WordTimestamps.Span(31, 33, 2)),
                List.of(
                        new WordTiming(" one", List.of(1, 2), 0.1, 0.4, 1),
                        new WordTiming(" two", List.of(3), 0.4, 0.75, 1),
                        new WordTiming(" three", List.of(4), 1.2, 1.5, 1),
                        new WordTiming(".", List.of(5), 1.5, 1.6, 1)),
                30,
                29.9);

        assertThat(placed).hasSize(2);
        assertThat(texts(placed.get(0))).containsExactly(" one", " two");
        assertThat(texts(placed.get(1))).containsExactly(" three.");
        assertSpan(placed.get(0), 30.1, 30.75);
        assertSpan(placed.get(1), 31.2, 31.5);
    }

    @Test
    void shortensPunctuationThatAbsorbsPause() {
        List<WordTiming> words = evenWords(6);
        words.add(new WordTiming(".", List.of(6), 1.8, 5.0, 1));
        words.add(new WordTiming(" next", List.of(7), 5.0, 5.3, 1));
        WordTimestamps.TimedSpan span = place(new WordTimestamps.Span(0, 6, 8), words, 0);
        assertThat(texts(span)).endsWith(" word.", " next");
        assertThat(last(span).start()).isCloseTo(5.0, within(EXACT));
    }

    @Test
    void shortensWordAfterPunctuationThatAbsorbsPause() {
        List<WordTiming> words = evenWords(6);
        words.add(new WordTiming(".", List.of(6), 1.8, 1.9, 1));
        words.add(new WordTiming(" next", List.of(7), 1.9, 5.3, 1));
        WordTimestamps.TimedSpan span = place(new WordTimestamps.Span(0, 6, 8), words, 0);
        assertThat(last(span).start()).as("two times the median of 0.3 s").isCloseTo(4.7, within(EXACT));
    }

    @Test
    void shortensFirstWordAfterPause() {
        List<WordTiming> words = new ArrayList<>();
        words.add(new WordTiming(" long", List.of(0), 0, 4.0, 1));
        for (int i = 1; i < 6; i++) {
            words.add(new WordTiming(" word", List.of(i), 3.7 + 0.3 * i, 4.0 + 0.3 * i, 1));
        }
        WordTimestamps.TimedSpan span = place(new WordTimestamps.Span(0, 6, 6), words, 0);
        assertSpan(span, 3.4, 5.5);
        assertThat(span.words().get(0).end()).isCloseTo(4.0, within(EXACT));
    }

    @Test
    void firstTwoWordsAfterPauseShareRemainingTime() {
        List<WordTiming> words = new ArrayList<>();
        words.add(new WordTiming(" long", List.of(0), 0, 2.0, 1));
        words.add(new WordTiming(" longer", List.of(1), 2.0, 8.0, 1));
        for (int i = 2; i < 8; i++) {
            words.add(new WordTiming(" word", List.of(i), 7.4 + 0.3 * i, 7.7 + 0.3 * i, 1));
        }
        WordTimestamps.TimedSpan span = place(new WordTimestamps.Span(0, 10, 8), words, 0);
        assertThat(span.words().get(1).start()).isCloseTo(7.4, within(EXACT));
        assertThat(span.words().get(0).end()).isCloseTo(7.4, within(EXACT));
        assertThat(span.words().get(0).start()).isCloseTo(6.8, within(EXACT));
    }

    @Test
    void prefersSegmentTimesOverDistantWordTimes() {
        List<WordTiming> words = evenWords(6);
        WordTimestamps.TimedSpan late = place(new WordTimestamps.Span(0, 1.6, 6), shifted(words, 5, 2.6), 0);
        assertThat(last(late).end())
                .as("end of a last word that goes on too long")
                .isCloseTo(1.8, within(EXACT));
        assertThat(late.end()).isCloseTo(1.6, within(EXACT));
    }

    @Test
    void keepsSegmentTimesIfAlignmentCollapsed() {
        List<WordTiming> words =
                List.of(new WordTiming(" one", List.of(0), 2, 2, 1), new WordTiming(" two", List.of(1), 2, 2, 1));
        assertSpan(place(new WordTimestamps.Span(1, 3, 2), words, 0), 1, 3);
    }

    @Test
    void keepsTimesOfSegmentWithoutWords() {
        assertSpan(place(new WordTimestamps.Span(1, 3, 0), List.of(), 0), 1, 3);
    }

    @Test
    void countsTokensWithoutTextButReturnsNoWord() {
        List<WordTimestamps.TimedSpan> placed = WordTimestamps.place(
                List.of(new WordTimestamps.Span(0, 1, 3), new WordTimestamps.Span(1, 2, 1)),
                List.of(
                        new WordTiming("", List.of(1, 2), 0.1, 0.3, 1),
                        new WordTiming(" one", List.of(3), 0.3, 0.6, 1),
                        new WordTiming(" two", List.of(4), 1.1, 1.4, 1)),
                0,
                0);
        assertThat(texts(placed.get(0))).containsExactly(" one");
        assertThat(texts(placed.get(1))).containsExactly(" two");
        assertSpan(placed.get(0), 0.3, 0.6);
    }

    @Test
    void timesAreHundredthsOfASecond() {
        WordTimestamps.TimedSpan span = WordTimestamps.place(
                        List.of(new WordTimestamps.Span(7, 8, 1)),
                        List.of(new WordTiming(" one", List.of(1), 0.123, 0.456, 1)),
                        7.001,
                        7)
                .get(0);
        assertSpan(span, 7.12, 7.46);
    }

    private static List<WordTiming> evenWords(int count) {
        List<WordTiming> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            words.add(new WordTiming(" word", List.of(i), 0.3 * i, 0.3 * (i + 1), 1));
        }
        return words;
    }

    /** Returns the words with the end of one of them changed. */
    private static List<WordTiming> shifted(List<WordTiming> words, int index, double end) {
        List<WordTiming> changed = new ArrayList<>(words);
        changed.set(index, words.get(index).until(end));
        return changed;
    }

    private static WordTimestamps.TimedSpan place(
            WordTimestamps.Span segment, List<WordTiming> words, double lastSpeechEnd) {
        return WordTimestamps.place(List.of(segment), words, 0, lastSpeechEnd).get(0);
    }

    private static void assertSpan(WordTimestamps.TimedSpan span, double start, double end) {
        assertThat(span.start()).isCloseTo(start, within(EXACT));
        assertThat(span.end()).isCloseTo(end, within(EXACT));
    }

    private static List<String> texts(WordTimestamps.TimedSpan span) {
        return span.words().stream().map(WordTiming::text).toList();
    }

    private static WordTiming last(WordTimestamps.TimedSpan span) {
        return span.words().get(span.words().size() - 1);
    }
}
