package io.github.whisperspeedtest.vad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Word;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilteredAudioTest {
    private static final int SECOND = Audio.SAMPLE_RATE;

    /** Ten seconds, of which seconds 1 to 3 and 6 to 7 are kept: three seconds with a joint at 2. */
    private static final Audio RECORDING = ramp(10 * SECOND);

    private static final FilteredAudio FILTERED = FilteredAudio.of(
            RECORDING,
            List.of(new SpeechSpan(SECOND, 3 * SECOND), new SpeechSpan(6 * SECOND, 7 * SECOND)),
            Duration.ZERO);

    @Test
    void joinsSpeech() {
        assertThat(FILTERED.audio().name()).isEqualTo("ramp");
        float[] speech = samples(FILTERED.audio());
        assertThat(speech).hasSize(3 * SECOND);
        assertThat(speech[0]).isEqualTo(SECOND);
        assertThat(speech[2 * SECOND - 1]).isEqualTo(3 * SECOND - 1);
        assertThat(speech[2 * SECOND]).isEqualTo(6 * SECOND);
        assertThat(speech[3 * SECOND - 1]).isEqualTo(7 * SECOND - 1);
        assertThat(FILTERED.audio().sampleCount()).isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 1",
        "0.5, 1.5, 1.5",
        "1.99, 2.99, 2.99",
        "2, 6, 3",
        "2.01, 6.01, 6.01",
        "3, 7, 7",
        "3.5, 7.5, 7.5",
    })
    void mapsTimesToRecording(String time, String start, String end) {
        assertThat(FILTERED.original(seconds(time))).isEqualTo(seconds(start));
        assertThat(FILTERED.originalEnd(seconds(time))).isEqualTo(seconds(end));
    }

    @Test
    void mapsFractionalSamplesAtBoundary() {
        assertThat(FILTERED.originalEnd(seconds("2.00001"))).isEqualTo(seconds("3.00001"));
        assertThat(FILTERED.original(seconds("1.99999"))).isEqualTo(seconds("2.99999"));
    }

    @Test
    void mapsBothEndsOfWordByItsMiddle() {
        assertThat(FILTERED.original(seconds("1.5"), seconds("1.9"))).isEqualTo(seconds("2.5"));
        assertThat(FILTERED.original(seconds("2.3"), seconds("1.9"))).isEqualTo(seconds("3.3"));
        assertThat(FILTERED.original(seconds("1.9"), seconds("2.1"))).isEqualTo(seconds("5.9"));
    }

    @Test
    void mergesAdjacentSpans() {
        FilteredAudio filtered = FilteredAudio.of(
                RECORDING,
                List.of(new SpeechSpan(SECOND, 2 * SECOND), new SpeechSpan(2 * SECOND, 3 * SECOND)),
                Duration.ZERO);
        assertThat(filtered.audio().sampleCount()).isEqualTo(2 * SECOND);
        assertThat(filtered.original(seconds("1"))).isEqualTo(filtered.originalEnd(seconds("1")));
    }

    @Test
    void timesAreExactToTheSample() {
        long length = 600L * SECOND;
        Audio recording = Audio.of("long", new float[(int) length]);
        FilteredAudio filtered =
                FilteredAudio.of(recording, List.of(new SpeechSpan(length - 7, length)), Duration.ZERO);
        assertThat(filtered.original(Duration.ZERO))
                .isEqualTo(Duration.ofSeconds(600).minusNanos(7 * 62_500));
    }

    @Test
    void doesNotCopyIfEverythingIsSpeech() {
        assertThat(FilteredAudio.of(RECORDING, List.of(new SpeechSpan(0, 10 * SECOND)), Duration.ZERO)
                        .audio())
                .isSameAs(RECORDING);
        assertThat(FilteredAudio.of(
                                RECORDING,
                                List.of(new SpeechSpan(0, 5 * SECOND), new SpeechSpan(5 * SECOND, 10 * SECOND)),
                                Duration.ZERO)
                        .audio())
                .isSameAs(RECORDING);
    }

    @Test
    void isEmptyWithoutSpeech() {
        FilteredAudio empty = FilteredAudio.of(RECORDING, List.of(), Duration.ZERO);
        assertThat(empty.audio().sampleCount()).isZero();
        assertThat(empty.original(seconds("1"))).isEqualTo(seconds("1"));
        assertThat(empty.originalEnd(seconds("1"))).isEqualTo(seconds("1"));
        assertThat(FilteredAudio.of(Audio.of("none", new float[0]), List.of(), Duration.ZERO)
                        .audio()
                        .sampleCount())
                .isZero();
    }

    @Test
    void rejectsUnorderedOrOutOfRangeSpans() {
        SpeechSpan first = new SpeechSpan(0, 100);
        for (List<SpeechSpan> wrong : List.of(
                List.of(first, new SpeechSpan(99, 200)),
                List.of(new SpeechSpan(200, 300), first),
                List.of(new SpeechSpan(9, 10 * SECOND + 1)))) {
            assertThatThrownBy(() -> FilteredAudio.of(RECORDING, wrong, Duration.ZERO))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("160000 samples of ramp")
                    .hasMessageContaining(wrong.toString());
        }
        assertThatThrownBy(() -> new SpeechSpan(5, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SpeechSpan(-1, 5)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void chunksAreOfWholeSpans() {
        FilteredAudio filtered = FilteredAudio.of(
                RECORDING,
                List.of(
                        new SpeechSpan(0, 2 * SECOND),
                        new SpeechSpan(3 * SECOND, 4 * SECOND),
                        new SpeechSpan(5 * SECOND, 7 * SECOND),
                        new SpeechSpan(8 * SECOND, 10 * SECOND)),
                Duration.ZERO);
        assertThat(filtered.chunkEnds(seconds("30"))).containsExactly(7L * SECOND);
        assertThat(filtered.chunkEnds(seconds("4"))).containsExactly(3L * SECOND, 7L * SECOND);
        assertThat(filtered.chunkEnds(seconds("3"))).containsExactly(3L * SECOND, 5L * SECOND, 7L * SECOND);
        assertThat(filtered.chunkEnds(seconds("1.5")))
                .as("a span that is too long is split")
                .containsExactly(24_000L, 48_000L, 72_000L, 80_000L, 104_000L, 112_000L);
        assertThat(FilteredAudio.of(RECORDING, List.of(), Duration.ZERO).chunkEnds(seconds("30")))
                .isEmpty();
    }

    @Test
    void keepsWarningsOfRecording() {
        Audio.Builder builder = Audio.builder("cut off").warn("The file ends early.");
        Audio recording = builder.append(new float[100], 0, 100).build();
        assertThat(FilteredAudio.of(recording, List.of(new SpeechSpan(10, 20)), Duration.ZERO)
                        .audio()
                        .warnings())
                .containsExactly("The file ends early.");
    }

    @Test
    void mapsSegmentWithoutWordsByItsEnds() {
        Segment mapped = FILTERED.original(segment("0.5", "2"));
        assertThat(mapped.start()).isEqualTo(seconds("1.5"));
        assertThat(mapped.end()).isEqualTo(seconds("3"));
        assertThat(mapped.text()).isEqualTo(" text");
        assertThat(FILTERED.original(segment("2", "2.5")).start()).isEqualTo(seconds("6"));
    }

    @Test
    void segmentWithWordsBeginsAndEndsWithThem() {
        Segment mapped =
                FILTERED.original(segment("0", "3", word("1.5", "1.9"), word("1.9", "2.4"), word("2.4", "2.6")));
        assertThat(mapped.words())
                .extracting(Word::start)
                .containsExactly(seconds("2.5"), seconds("5.9"), seconds("6.4"));
        assertThat(mapped.words())
                .extracting(Word::end)
                .as("no word lasts over the silence")
                .containsExactly(seconds("2.9"), seconds("6.4"), seconds("6.6"));
        assertThat(mapped.start()).isEqualTo(seconds("2.5"));
        assertThat(mapped.end()).isEqualTo(seconds("6.6"));
    }

    @Test
    void segmentDoesNotLastOverSilenceBecauseOfPadding() {
        FilteredAudio padded = FilteredAudio.of(RECORDING, FILTERED.spans(), seconds("0.4"));
        assertTimes(padded.original(segment("1.3", "2.9")), "6", "6.9");
        assertTimes(padded.original(segment("1.29", "2.9")), "2.29", "6.9");
        assertTimes(padded.original(segment("0.3", "2.4")), "1.3", "3");
        assertTimes(padded.original(segment("0.3", "2.5")), "1.3", "6.5");
        assertTimes(padded.original(segment("1.8", "2.2")), "6", "6.2");
        assertTimes(padded.original(segment("1.7", "1.9")), "2.7", "2.9");
        assertTimes(FILTERED.original(segment("1.7", "2.01")), "6", "6.01");
        assertTimes(FILTERED.original(segment("1.69", "2.01")), "2.69", "6.01");
    }

    private static void assertTimes(Segment segment, String start, String end) {
        assertThat(segment.start()).isEqualTo(seconds(start));
        assertThat(segment.end()).isEqualTo(seconds(end));
    }

    private static Segment segment(String start, String end, Word... words) {
        return new Segment(seconds(start), seconds(end), " text", List.of(1), -0.5, 0.1, List.of(words));
    }

    private static Word word(String start, String end) {
        return new Word(seconds(start), seconds(end), " word", 0.9);
    }

    private static Audio ramp(int length) {
        float[] samples = new float[length];
        for (int i = 0; i < length; i++) {
            samples[i] = i;
        }
        return Audio.of("ramp", samples);
    }

    private static float[] samples(Audio audio) {
        float[] samples = new float[(int) audio.sampleCount()];
        audio.read(0, samples, 0, samples.length);
        return samples;
    }

    private static Duration seconds(String text) {
        return Duration.parse("PT" + text + "S");
    }
}
