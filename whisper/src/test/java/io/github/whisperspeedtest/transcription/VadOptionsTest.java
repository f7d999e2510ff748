package io.github.whisperspeedtest.transcription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class VadOptionsTest {
    private static final VadOptions DEFAULTS = VadOptions.defaults();

    @Test
    void defaultsAreThoseOfFasterWhisper() {
        assertThat(DEFAULTS).isEqualTo(new VadOptions(0.5, null, Duration.ZERO, null, Duration.ofMillis(400)));
        assertThat(VadOptions.MIN_SILENCE).isEqualTo(Duration.ofMillis(2000));
        assertThat(VadOptions.MIN_SILENCE_OF_CHUNKS).isEqualTo(Duration.ofMillis(160));
    }

    @Test
    void silenceThresholdIsBetweenZeroAndThreshold() {
        assertThat(DEFAULTS.silenceThreshold()).isEqualTo(0.35);
        assertThat(DEFAULTS.withThreshold(0.9).silenceThreshold()).isCloseTo(0.75, within(1e-9));
        assertThat(DEFAULTS.withThreshold(0.1).silenceThreshold()).isEqualTo(0.01);
    }

    @Test
    void chunksLimitSpeech() {
        Duration thirty = Duration.ofSeconds(30);
        VadOptions chunked = DEFAULTS.forChunks(thirty);
        assertThat(chunked)
                .isEqualTo(DEFAULTS.withMinSilence(Duration.ofMillis(160)).withMaxSpeech(thirty));
        VadOptions given = DEFAULTS.withMinSilence(Duration.ofSeconds(1)).withMaxSpeech(Duration.ofSeconds(9));
        assertThat(given.forChunks(thirty)).isEqualTo(given);
        assertThat(given.forChunks(Duration.ofSeconds(5)).maxSpeech()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void rejectsInvalidValues() {
        for (double wrong : new double[] {0, -1, 1.01, Double.NaN}) {
            assertRefused(
                    () -> DEFAULTS.withThreshold(wrong),
                    "vad threshold must be above 0 and at most 1, but was " + wrong);
        }
        Duration negative = Duration.ofMillis(-1);
        assertRefused(
                () -> DEFAULTS.withMinSilence(negative),
                "vad minimum silence must be from 0 to 24 hours, but was -0.001 s");
        assertRefused(
                () -> new VadOptions(0.5, null, negative, null, Duration.ZERO),
                "vad minimum speech must be from 0 to 24 hours, but was -0.001 s");
        assertRefused(
                () -> new VadOptions(0.5, null, Duration.ZERO, null, negative),
                "vad padding must be from 0 to 24 hours, but was -0.001 s");
        assertRefused(
                () -> DEFAULTS.withMaxSpeech(Duration.ofDays(2)),
                "vad maximum speech must be from 0 to 24 hours, but was 172800.0 s");
    }

    @Test
    void maximumSpeechIsLongerThanPadding() {
        assertRefused(
                () -> DEFAULTS.withMaxSpeech(Duration.ofMillis(899)),
                "vad maximum speech must be at least 0.1 s longer than the padding on both sides, but was 0.899 s with a"
                        + " padding of 0.4 s");
        assertThatCode(() -> DEFAULTS.withMaxSpeech(Duration.ofMillis(900))).doesNotThrowAnyException();
    }

    private static void assertRefused(Runnable call, String message) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
