package io.github.whisperspeedtest.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Timings;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.Word;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class HypothesisTest {
    @Test
    void sharesOutTheTimeOfSegmentsWithoutWords() {
        Segment segment = new Segment(
                Duration.ofSeconds(1), Duration.ofSeconds(3), " abc defghi", List.of(), null, null, List.of());
        Hypothesis hypothesis = Hypothesis.of(
                new Transcription(
                        "en",
                        null,
                        Duration.ofSeconds(4),
                        List.of(segment, segment.withTimes(Duration.ofSeconds(3), Duration.ofSeconds(3), List.of())),
                        Timings.ofTotal(Duration.ZERO)),
                Duration.ofSeconds(10));
        assertThat(hypothesis.words()).extracting(Word::text).containsExactly(" abc", " defghi", " abc", " defghi");
        assertThat(hypothesis.words().get(0).start()).isEqualTo(Duration.ofSeconds(11));
        assertThat(hypothesis.words().get(0).end().toMillis()).isEqualTo(11_727);
        assertThat(hypothesis.words().get(1).end()).isEqualTo(Duration.ofSeconds(13));
        assertThat(hypothesis.segmentEnds()).containsExactly(Duration.ofSeconds(13), Duration.ofSeconds(13));
    }
}
