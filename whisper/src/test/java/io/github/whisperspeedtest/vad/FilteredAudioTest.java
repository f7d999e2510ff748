package io.github.whisperspeedtest.vad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.audio.Audio;
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
            RECORDING, List.of(new SpeechSpan(SECOND, 3 * SECOND), new SpeechSpan(6 * SECOND, 7 * SECOND)));

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
                RECORDING, List.of(new SpeechSpan(SECOND, 2 * SECOND), new SpeechSpan(2 * SECOND, 3 * SECOND)));
        assertThat(filtered.audio().sampleCount()).isEqualTo(2 * SECOND);
        assertThat(filtered.original(seconds("1"))).isEqualTo(filtered.originalEnd(seconds("1")));
    }

    @Test
    void timesAreExactToTheSample() {
        long length = 600L * SECOND;
        Audio recording = Audio.of("long", new float[(int) length]);
        FilteredAudio filtered = FilteredAudio.of(recording, List.of(new SpeechSpan(length - 7, length)));
        assertThat(filtered.original(Duration.ZERO))
                .isEqualTo(Duration.ofSeconds(600).minusNanos(7 * 62_500));
    }

    @Test
    void doesNotCopyIfEverythingIsSpeech() {
        assertThat(FilteredAudio.of(RECORDING, List.of(new SpeechSpan(0, 10 * SECOND)))
                        .audio())
                .isSameAs(RECORDING);
        assertThat(FilteredAudio.of(
                                RECORDING,
                                List.of(new SpeechSpan(0, 5 * SECOND), new SpeechSpan(5 * SECOND, 10 * SECOND)))
                        .audio())
                .isSameAs(RECORDING);
    }

    @Test
    void isEmptyWithoutSpeech() {
        FilteredAudio empty = FilteredAudio.of(RECORDING, List.of());
        assertThat(empty.audio().sampleCount()).isZero();
        assertThat(empty.original(seconds("1"))).isEqualTo(seconds("1"));
        assertThat(empty.originalEnd(seconds("1"))).isEqualTo(seconds("1"));
        assertThat(FilteredAudio.of(Audio.of("none", new float[0]), List.of())
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
            assertThatThrownBy(() -> FilteredAudio.of(RECORDING, wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("160000 samples of ramp")
                    .hasMessageContaining(wrong.toString());
        }
        assertThatThrownBy(() -> new SpeechSpan(5, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SpeechSpan(-1, 5)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void filterKeepsDetectedSpeech() {
        boolean[] closed = new boolean[1];
        SpeechFilter filter = SpeechFilter.of(new VoiceActivityDetector() {
            @Override
            public List<SpeechSpan> detect(Audio audio, Runnable checkpoint) {
                return List.of(new SpeechSpan(2, audio.sampleCount() - 1));
            }

            @Override
            public void close() {
                closed[0] = true;
            }
        });
        try (filter) {
            assertThat(samples(filter.filter(ramp(5)).audio())).containsExactly(2, 3);
        }
        assertThat(closed[0]).isTrue();
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
