package io.github.whisperspeedtest.vad;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LevelSpeechProbabilityTest {
    private final LevelSpeechProbability level = new LevelSpeechProbability();
    private final Random random = new Random(1);

    @Test
    void silenceIsNoSpeech() {
        assertThat(last(100, 0)).isZero();
    }

    @Test
    void soundAboveTheBackgroundIsSpeech() {
        assertThat(last(300, 0.005)).isLessThan(0.35f);
        assertThat(last(1, 0.1)).isGreaterThan(0.5f);
        assertThat(last(1, 0.005)).isLessThan(0.35f);
    }

    @Test
    void quietNoiseInSilenceIsNoSpeech() {
        last(300, 0);
        assertThat(last(1, 0.001)).isLessThan(0.5f);
    }

    @Test
    void getsUsedToNoise() {
        last(50, 0);
        assertThat(last(1, 0.01)).isGreaterThanOrEqualTo(0.5f);
        assertThat(last(400, 0.01)).isLessThan(0.35f);
    }

    @Test
    void loudSoundRemainsSpeechWithoutAPause() {
        assertThat(last(2000, 0.2)).isGreaterThan(0.5f);
    }

    private float last(int frames, double amplitude) {
        float probability = 0;
        float[] frame = new float[SpeechSegmenter.FRAME_SAMPLES];
        for (int i = 0; i < frames; i++) {
            for (int j = 0; j < frame.length; j++) {
                frame[j] = (float) (amplitude * (random.nextBoolean() ? 1 : -1));
            }
            probability = level.next(frame);
        }
        return probability;
    }
}
