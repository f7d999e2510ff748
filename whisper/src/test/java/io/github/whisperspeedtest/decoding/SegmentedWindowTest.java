package io.github.whisperspeedtest.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.tokenizer.SpecialTokens;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentedWindowTest {
    private static final SpecialTokens SPECIALS = SpecialTokens.of(51865);
    private static final int T0 = SPECIALS.timestampBegin();

    @Test
    void splitsAtTimestampPairsAndResumesAtTruncatedSegment() {
        SegmentedWindow window = window(0, 3000, T0 + 10, 1, 2, T0 + 100, T0 + 120, 3, T0 + 700, T0 + 750, 4, 5);
        assertSegment(window, 0, 0.2, 2.0, T0 + 10, 1, 2, T0 + 100);
        assertSegment(window, 1, 2.4, 14.0, T0 + 120, 3, T0 + 700);
        assertThat(window.segments())
                .as("the sentence that is cut off comes again")
                .hasSize(2);
        assertThat(window.advance()).isEqualTo(1400);
        assertThat(window.endsWithSingleTimestamp()).isFalse();
    }

    @Test
    void singleTimestampEndsWindow() {
        SegmentedWindow window = window(6000, 3000, T0, 1, T0 + 100, T0 + 120, 3, T0 + 700);
        assertSegment(window, 0, 60.0, 62.0, T0, 1, T0 + 100);
        assertSegment(window, 1, 62.4, 74.0, T0 + 120, 3, T0 + 700);
        assertThat(window.advance()).isEqualTo(3000);
        assertThat(window.endsWithSingleTimestamp()).isTrue();
    }

    @Test
    void pairAtEndEndsWindow() {
        SegmentedWindow window = window(0, 3000, T0, 1, T0 + 100, T0 + 100);
        assertSegment(window, 0, 0, 2.0, T0, 1, T0 + 100);
        assertThat(window.segments()).hasSize(1);
        assertThat(window.advance()).isEqualTo(200);
    }

    @Test
    void textWithoutTimestampPairsIsOneSegment() {
        SegmentedWindow window = window(100, 3000, T0 + 30, 1, 2, T0 + 500);
        assertSegment(window, 0, 1.6, 11.0, T0 + 30, 1, 2, T0 + 500);
        assertThat(window.advance()).isEqualTo(3000);
        assertThat(window.endsWithSingleTimestamp()).isTrue();
    }

    @Test
    void textWithoutEndTimestampExtendsToEndOfAudio() {
        assertSegment(window(100, 1234, T0 + 30, 1, 2), 0, 1.6, 13.34, T0 + 30, 1, 2);
        assertSegment(window(100, 1234, 1, 2), 0, 1.0, 13.34, 1, 2);
        assertThat(window(100, 1234, T0, 1, 2).advance()).isEqualTo(1234);
    }

    @Test
    void noTokensGiveEmptySegment() {
        SegmentedWindow window = window(0, 800);
        assertThat(window.advance()).isEqualTo(800);
        assertThat(window.segments().get(0).tokens()).isEmpty();
    }

    @Test
    void returnsTruncatedSegmentIfNoWindowFollows() {
        List<DecodedSegment> all = SegmentedWindow.all(
                SPECIALS, List.of(T0 + 10, 1, T0 + 100, T0 + 100, 2, T0 + 300, T0 + 350, 3, 4), 1000, 1500);
        assertThat(all).hasSize(3);
        assertSegment(all.get(0), 10.2, 12, T0 + 10, 1, T0 + 100);
        assertSegment(all.get(1), 12, 16, T0 + 100, 2, T0 + 300);
        assertSegment(all.get(2), 17, 25, T0 + 350, 3, 4);
    }

    @Test
    void limitsSegmentsToAudio() {
        List<DecodedSegment> all =
                SegmentedWindow.all(SPECIALS, List.of(T0, 1, T0 + 700, T0 + 800, 2, T0 + 900), 0, 1000);
        assertSegment(all.get(0), 0, 10, T0, 1, T0 + 700);
        assertSegment(all.get(1), 10, 10, T0 + 800, 2, T0 + 900);
        assertThat(SegmentedWindow.all(SPECIALS, List.of(), 0, 1000)).hasSize(1);
    }

    private static SegmentedWindow window(long firstFrame, long frames, Integer... tokens) {
        return SegmentedWindow.of(SPECIALS, Arrays.asList(tokens), firstFrame, frames);
    }

    private static void assertSegment(SegmentedWindow window, int index, double start, double end, Integer... tokens) {
        assertSegment(window.segments().get(index), start, end, tokens);
    }

    private static void assertSegment(DecodedSegment segment, double start, double end, Integer... tokens) {
        assertThat(segment.start()).isCloseTo(start, within(1e-9));
        assertThat(segment.end()).isCloseTo(end, within(1e-9));
        assertThat(segment.tokens()).isEqualTo(List.of(tokens));
    }
}
