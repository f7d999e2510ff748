package io.github.whisperspeedtest.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.alignment.WordTiming;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A window from 100 s to 130 s with a threshold of 2 s; speech before it ended at 99 s. */
class HallucinationFilterTest {
    private final HallucinationFilter filter = new HallucinationFilter(2);

    @Test
    void keepsProbableWords() {
        assertThat(find(words(104, 0.9, 0.3, 0.3), words(112, 0.9, 0.3))).isEqualTo(-1);
    }

    @Test
    void findsImprobableWordsBetweenSilences() {
        assertThat(find(words(100.5, 0.9, 0.3, 0.3), words(110, 0.1, 0.3, 0.3), words(120, 0.9, 0.3)))
                .isEqualTo(1);
    }

    @Test
    void keepsImprobableWordsNextToSpeech() {
        assertThat(find(words(105, 0.9, 0.3, 0.3), words(106, 0.1, 0.3, 0.3), words(120, 0.9, 0.3)))
                .as("no silence before")
                .isEqualTo(-1);
        assertThat(find(words(105, 0.9, 0.3), words(110, 0.1, 0.3, 0.3), words(111, 0.9, 0.3)))
                .as("no silence after")
                .isEqualTo(-1);
    }

    @Test
    void suspiciousNeighborCountsAsSilence() {
        assertThat(find(words(105, 0.9, 0.3), words(110, 0.1, 0.3, 0.3), words(111, 0.1, 0.3)))
                .isEqualTo(1);
    }

    @Test
    void edgesOfTheWindowCountAsSilence() {
        assertThat(find(words(101.9, 0.1, 0.3), words(110, 0.9, 0.3))).isZero();
        assertThat(find(words(105, 0.9, 0.3), words(128, 0.1, 0.3))).isEqualTo(1);
    }

    @Test
    void scoresAreThoseOfTheReference() {
        // Nine words: only the first eight count. One improbable word scores 1, a word of 0 s 1.995, one of 3 s 1.
        assertThat(isSuspicious(word(0.14, 0.3), word(0.9, 0.3))).isFalse();
        assertThat(isSuspicious(word(0.15, 0.3))).as("0.15 is probable").isFalse();
        assertThat(isSuspicious(word(0.14, 0.3))).isTrue();
        assertThat(isSuspicious(word(0.9, 0.133), word(0.9, 0.133))).isFalse();
        assertThat(isSuspicious(word(0.9, 0), word(0.9, 0.3)))
                .as("1.995 of 2 words")
                .isTrue();
        assertThat(isSuspicious(word(0.9, 0), word(0.9, 0.3), word(0.9, 0.3)))
                .as("1.995 of 3 words")
                .isFalse();
        assertThat(isSuspicious(word(0.9, 2), word(0.9, 0.3))).isFalse();
        assertThat(isSuspicious(word(0.9, 4), word(0.9, 0.3))).isTrue();
        assertThat(isSuspicious(
                        word(0.9, 0.3),
                        word(0.9, 0.3),
                        word(0.9, 0.3),
                        word(0.9, 0.3),
                        word(0.1, 0.3),
                        word(0.1, 0.3),
                        word(0.9, 0.3),
                        word(0.9, 0.3),
                        word(0.1, 0.3)))
                .as("two of the first eight")
                .isFalse();
        assertThat(isSuspicious(
                        word(0.9, 0.3),
                        word(0.9, 0.3),
                        word(0.9, 0.3),
                        word(0.1, 0.3),
                        word(0.1, 0.3),
                        word(0.1, 0.3),
                        word(0.9, 0.3),
                        word(0.9, 0.3)))
                .as("a score of 3")
                .isTrue();
    }

    @Test
    void punctuationIsNotJudged() {
        WordTiming dash = new WordTiming(",", List.of(1), 0, 5, 0.01);
        assertThat(isSuspicious(dash, word(0.9, 0.3))).isFalse();
        assertThat(isSuspicious(dash)).as("nothing else").isTrue();
    }

    @Test
    void leadingSilenceIsSkippedBeforeSuspiciousWords() {
        assertThat(filter.leadingSilence(List.of(words(104, 0.1, 0.3)), 100)).isCloseTo(4, within(1e-9));
        assertThat(filter.leadingSilence(List.of(words(104, 0.9, 0.3)), 100)).isZero();
        assertThat(filter.leadingSilence(List.of(words(102, 0.1, 0.3)), 100))
                .as("not above 2 s")
                .isZero();
        assertThat(filter.leadingSilence(List.of(), 100)).isZero();
    }

    @Test
    void continuesAtDroppedSegmentOrAfterTheRecording() {
        assertThat(filter.continuation(words(110, 0.1, 0.3), 100, 500)).isEqualTo(110);
        assertThat(filter.continuation(words(100.2, 0.1, 0.3), 100, 500))
                .as("at least 1 s later")
                .isEqualTo(101);
        assertThat(filter.continuation(words(110, 0.1, 0.3), 100, 112)).isEqualTo(112);
    }

    private int find(DecodedSegment... segments) {
        return filter.find(List.of(segments), 100, 130, 130, 99);
    }

    /** Judges words as the only segment of a window, in its middle. */
    private boolean isSuspicious(WordTiming... words) {
        List<WordTiming> placed = new ArrayList<>();
        double start = 110;
        for (WordTiming word : words) {
            double end = start + word.end() - word.start();
            placed.add(new WordTiming(word.text(), word.tokens(), start, end, word.probability()));
            start = end;
        }
        return find(new DecodedSegment(110, start, List.of(), placed)) == 0;
    }

    private static WordTiming word(double probability, double seconds) {
        return new WordTiming(" word", List.of(1), 0, seconds, probability);
    }

    /** Returns a segment of words with the same probability and the given lengths, one after the other. */
    private static DecodedSegment words(double start, double probability, double... lengths) {
        List<WordTiming> words = new ArrayList<>();
        double end = start;
        for (double length : lengths) {
            words.add(new WordTiming(" word", List.of(1), end, end + length, probability));
            end += length;
        }
        return new DecodedSegment(start, end, List.of(), words);
    }
}
