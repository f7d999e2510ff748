package io.github.whisperspeedtest.vad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.transcription.VadOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Probabilities are written as runs: {@code "40 0.9"} is forty frames at 0.9.
 *
 * <p>A frame lasts 32 ms, so half a second of silence is 16 frames; 400 ms of padding are 6400 samples.
 */
class SpeechSegmenterTest {
    private static final int FRAME = SpeechSegmenter.FRAME_SAMPLES;
    private static final int PADDING = 6400;

    private final SpeechSegmenter segmenter =
            new SpeechSegmenter(VadOptions.defaults().withMinSilence(Duration.ofMillis(500)));

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
        SpeechSegmenter plain =
                new SpeechSegmenter(new VadOptions(0.9, Duration.ofMillis(32), Duration.ZERO, null, Duration.ZERO));
        assertThat(plain.segment(probabilities("3 0.1", "4 0.95", "2 0.8", "3 0.7", "2 0.95", "1 0.7"), 15 * FRAME))
                .containsExactly(new SpeechSpan(3 * FRAME, 9 * FRAME), new SpeechSpan(12 * FRAME, 15 * FRAME));
    }

    @Test
    void silenceOfTwoSecondsEndsSpanByDefault() {
        // 63 frames after its first one, a silence has lasted 2.016 s.
        VadOptions unpadded = new VadOptions(0.5, null, Duration.ZERO, null, Duration.ZERO);
        assertFrames(unpadded, "20 0.9, 63 0.1, 20 0.9", 0, 103);
        assertFrames(unpadded, "20 0.9, 64 0.1, 20 0.9", 0, 20, 84, 104);
    }

    @Test
    void thresholdCanBeChanged() {
        VadOptions options = new VadOptions(0.7, Duration.ofMillis(64), Duration.ZERO, null, Duration.ZERO);
        assertFrames(options, "5 0.69, 4 0.7, 5 0.6, 3 0.5", 5, 14);
    }

    @Test
    void leavesOutSpansThatAreTooShort() {
        // 96 ms are three frames; a span must be longer.
        VadOptions options = new VadOptions(0.5, Duration.ofMillis(64), Duration.ofMillis(96), null, Duration.ZERO);
        assertFrames(options, "5 0.1, 3 0.9, 5 0.1, 4 0.9, 5 0.1, 3 0.9", 13, 17);
        assertFrames(options, "5 0.1, 4 0.9", 5, 9);
    }

    @Test
    void paddingCanBeChanged() {
        VadOptions options = new VadOptions(0.5, Duration.ofMillis(64), Duration.ZERO, null, Duration.ofMillis(64));
        assertFrames(options, "9 0.1, 4 0.9, 9 0.1, 4 0.9, 4 0.1, 1 0.9", 7, 15, 20, 28, 28, 31);
    }

    /** Two seconds without padding: a span of more than 61.5 frames is too long. */
    private static final VadOptions SHORT =
            new VadOptions(0.5, Duration.ofMillis(2000), Duration.ZERO, Duration.ofMillis(2000), Duration.ZERO);

    @Test
    void splitsLongSpeechWhereItBecomesTooLong() {
        // The frame at the cut belongs to neither span.
        assertFrames(SHORT, "130 0.9", 0, 62, 63, 125, 126, 130);
    }

    @Test
    void splitsLongSpeechAtItsLastSilence() {
        // Four frames after its first one, a silence has lasted 128 ms; three frames after it, 96 ms.
        assertFrames(SHORT, "30 0.9, 5 0.1, 40 0.9", 0, 30, 35, 75);
        assertFrames(SHORT, "30 0.9, 4 0.1, 40 0.9", 0, 62, 63, 74);
        assertFrames(SHORT, "10 0.9, 9 0.1, 20 0.9, 6 0.1, 4 0.9, 4 0.1, 30 0.9", 0, 39, 45, 83);
    }

    @Test
    void splitsLongSpeechAtSilenceThatStillLasts() {
        assertFrames(SHORT, "57 0.9, 10 0.1, 5 0.9", 0, 57, 67, 72);
        assertFrames(SHORT, "57 0.9, 6 0.1, 9 0.4", 0, 57);
    }

    @Test
    void maximumIncludesPadding() {
        // With 12 800 samples of padding, 36.5 frames are left.
        VadOptions padded = VadOptions.defaults().withMaxSpeech(Duration.ofMillis(2000));
        assertThat(new SpeechSegmenter(padded).segment(probabilities("40 0.9"), 40 * FRAME))
                .containsExactly(
                        new SpeechSpan(0, 37 * FRAME + FRAME / 2), new SpeechSpan(37 * FRAME + FRAME / 2, 40 * FRAME));
    }

    @Test
    void noSpanIsLongerThanMaximum() {
        Random random = new Random(3);
        for (int round = 0; round < 200; round++) {
            int frames = 200 + random.nextInt(400);
            float[] probabilities = new float[frames];
            for (int i = 0; i < frames; i++) {
                probabilities[i] = i > 0 && random.nextInt(8) > 0 ? probabilities[i - 1] : random.nextFloat();
            }
            VadOptions options = VadOptions.defaults().withMaxSpeech(Duration.ofMillis(1000 + random.nextInt(5000)));
            long longest = options.maxSpeech().toMillis() * 16;
            assertThat(new SpeechSegmenter(options).segment(probabilities, (long) frames * FRAME))
                    .allSatisfy(span -> assertThat(span.length()).isLessThanOrEqualTo(longest));
        }
    }

    /** Checks the spans, given by the frames at which they begin and end. */
    private static void assertFrames(VadOptions options, String runs, int... frames) {
        List<SpeechSpan> expected = new ArrayList<>();
        for (int i = 0; i < frames.length; i += 2) {
            expected.add(new SpeechSpan((long) frames[i] * FRAME, (long) frames[i + 1] * FRAME));
        }
        float[] probabilities = probabilities(runs.split(", "));
        assertThat(new SpeechSegmenter(options).segment(probabilities, (long) probabilities.length * FRAME))
                .isEqualTo(expected);
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
