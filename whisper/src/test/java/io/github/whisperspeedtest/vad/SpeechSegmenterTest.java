package io.github.whisperspeedtest.vad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Probabilities are written as runs: {@code "40 0.9"} is forty frames at 0.9.
 *
 * <p>The default options make half a second of silence 16 frames, and 400 ms of padding 6400 samples.
 */
class SpeechSegmenterTest {
    private static final int FRAME = SpeechSegmenter.FRAME_SAMPLES;
    private static final int PADDING = 6400;

    private final SpeechSegmenter segmenter = new SpeechSegmenter(VadOptions.defaults());

    @Test
    void silenceHasNoSpeech() {
        assertThat(segment("100 0.1")).isEmpty();
        assertThat(segmenter.segment(new float[0], 0)).isEmpty();
    }

    @Test
    void padsSpeechOnBothSides() {
        assertThat(segment("50 0.1", "20 0.9", "60 0.1"))
                .containsExactly(new SpeechSpan(50 * FRAME - PADDING, 70 * FRAME + PADDING));
    }

    @Test
    void paddingEndsWithRecording() {
        assertThat(segment("5 0.1", "20 0.9", "17 0.1")).containsExactly(new SpeechSpan(0, 25 * FRAME + PADDING));
        assertThat(segment("5 0.1", "20 0.9", "3 0.1")).containsExactly(new SpeechSpan(0, 28 * FRAME));
    }

    @Test
    void acceptsPartialLastFrame() {
        float[] probabilities = probabilities("30 0.1", "2 0.9");
        assertThat(segmenter.segment(probabilities, 31 * FRAME + 1))
                .containsExactly(new SpeechSpan(30 * FRAME - PADDING, 31 * FRAME + 1));
    }

    @Test
    void thresholdCountsAsSpeech() {
        assertThat(segment("10 0.1", "1 0.5", "10 0.1")).hasSize(1);
        assertThat(segment("10 0.1", "9 0.49", "10 0.1")).isEmpty();
    }

    @Test
    void keepsPreviousStateBetweenThresholds() {
        assertThat(segment("10 0.4", "1 0.9", "100 0.4", "30 0.1"))
                .containsExactly(new SpeechSpan(10 * FRAME - 5120, 111 * FRAME + PADDING));
        // Once there is silence, such frames do not end it, and it lasts from its first frame on.
        assertThat(segment("10 0.1", "1 0.9", "1 0.1", "15 0.4", "1 0.1", "50 0.4"))
                .containsExactly(new SpeechSpan(0, 11 * FRAME + PADDING));
    }

    @Test
    void shortSilenceBelongsToSpeech() {
        // 16 frames after its first one, a silence has lasted half a second.
        assertThat(segment("20 0.9", "16 0.1", "20 0.9")).containsExactly(new SpeechSpan(0, 56 * FRAME));
        assertThat(segment("20 0.9", "17 0.1", "20 0.9")).hasSize(2);
    }

    @Test
    void nearbySpansShareSilence() {
        assertThat(segment("20 0.9", "20 0.1", "20 0.9"))
                .containsExactly(new SpeechSpan(0, 30 * FRAME), new SpeechSpan(30 * FRAME, 60 * FRAME));
        assertThat(segment("20 0.9", "30 0.1", "20 0.9"))
                .containsExactly(
                        new SpeechSpan(0, 20 * FRAME + PADDING), new SpeechSpan(50 * FRAME - PADDING, 70 * FRAME));
    }

    @Test
    void silenceStartsBelowSilenceThresholdWithoutPadding() {
        SpeechSegmenter plain = new SpeechSegmenter(new VadOptions(0.9f, Duration.ofMillis(32), Duration.ZERO));
        assertThat(plain.segment(probabilities("3 0.1", "4 0.95", "2 0.8", "3 0.7", "2 0.95", "1 0.7"), 15 * FRAME))
                .containsExactly(new SpeechSpan(3 * FRAME, 9 * FRAME), new SpeechSpan(12 * FRAME, 15 * FRAME));
    }

    @Test
    void spansAreOrderedAndWithinRecording() {
        Random random = new Random(1);
        for (int round = 0; round < 500; round++) {
            long samples = 1 + random.nextInt(200 * FRAME);
            float[] probabilities = new float[(int) SpeechSegmenter.frameCount(samples)];
            int run = 1 + random.nextInt(30);
            for (int i = 0; i < probabilities.length; i++) {
                probabilities[i] = i % run == 0 ? random.nextFloat() : probabilities[i - 1];
            }
            long previous = 0;
            for (SpeechSpan span : segmenter.segment(probabilities, samples)) {
                assertThat(span.start()).isGreaterThanOrEqualTo(previous);
                previous = span.end();
            }
            assertThat(previous).isLessThanOrEqualTo(samples);
        }
    }

    @Test
    void eachFrameNeedsOneProbability() {
        assertThatThrownBy(() -> segmenter.segment(new float[2], 2 * FRAME + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("1025 samples have 3 frames, but there are 2 probabilities");
    }

    private List<SpeechSpan> segment(String... runs) {
        float[] probabilities = probabilities(runs);
        return segmenter.segment(probabilities, (long) probabilities.length * FRAME);
    }

    private static float[] probabilities(String... runs) {
        List<Float> values = new ArrayList<>();
        for (String run : runs) {
            String[] parts = run.split(" ");
            for (int i = 0; i < Integer.parseInt(parts[0]); i++) {
                values.add(Float.valueOf(parts[1]));
            }
        }
        float[] probabilities = new float[values.size()];
        for (int i = 0; i < probabilities.length; i++) {
            probabilities[i] = values.get(i);
        }
        return probabilities;
    }
}
