package io.github.whisperspeedtest.transcription;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AudioContextTest {
    @ParameterizedTest
    @CsvSource({"0, 100", "1, 150", "100, 150", "500, 350", "501, 400", "2700, 1450", "2800, 1500", "3000, 1500"})
    void autoIsTheAudioAndTwoSecondsInWholeSeconds(long frames, int positions) {
        assertThat(AudioContext.AUTO.positions(frames)).isEqualTo(positions);
    }

    @Test
    void fullIsTheWholeWindow() {
        assertThat(AudioContext.FULL.positions(1)).isEqualTo(1500);
    }
}
