package io.github.whisperspeedtest.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.transcription.VadOptions;
import io.github.whisperspeedtest.vad.SpeechSegmenter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SpeechGateTest {
    private static final int FRAME = SpeechSegmenter.FRAME_SAMPLES;

    private SpeechGate gate = new SpeechGate(VadOptions.defaults());

    @Test
    void opensBeforeTheFirstSoundAndClosesAfterTheLast() {
        add(20, 0);
        add(30, 1);
        assertThat(gate.first().start()).isEqualTo(20L * FRAME - 6400);
        assertThat(gate.first().hasEnded()).isFalse();
        add(15, 0);
        assertThat(gate.isPausing()).isTrue();
        assertThat(gate.first().hasEnded()).as("ended before 500 ms of silence").isFalse();
        add(1, 0);
        assertThat(gate.first().end()).isEqualTo(50L * FRAME + 1600);
    }

    @Test
    void ignoresAClick() {
        add(20, 0);
        add(7, 1);
        add(40, 0);
        gate.finish(67L * FRAME);
        assertThat(gate.first()).isNull();
    }

    @Test
    void keepsAnUtteranceOpenThroughAShortPauseAndAnUnsureFrame() {
        add(20, 1);
        add(10, 0);
        add(20, 1);
        add(40, 0.4f);
        assertThat(gate.first().hasEnded()).isFalse();
        assertThat(gate.isPausing()).isFalse();
    }

    @Test
    void neverOverlapsTheUtteranceBefore() {
        add(20, 1);
        add(16, 0);
        add(20, 1);
        long end = gate.first().end();
        gate.removeFirst();
        assertThat(gate.first().start()).isGreaterThanOrEqualTo(end);
    }

    @Test
    void endsWithTheStream() {
        add(5, 1);
        gate.finish(5L * FRAME + 7);
        assertThat(gate.first().start()).isZero();
        assertThat(gate.first().end()).isEqualTo(5L * FRAME + 7);
    }

    @Test
    void usesTheGivenSilenceAndThreshold() {
        gate = new SpeechGate(
                VadOptions.defaults().withMinSilence(Duration.ofSeconds(1)).withThreshold(0.9));
        add(20, 0.8f);
        assertThat(gate.first()).isNull();
        add(20, 0.9f);
        add(31, 0.5f);
        assertThat(gate.first().hasEnded()).isFalse();
        add(1, 0.5f);
        assertThat(gate.first().hasEnded()).isTrue();
    }

    @Test
    void joinsUtterancesThatFitIntoAWindow() {
        for (int i = 0; i < 3; i++) {
            add(20, 1);
            add(20, 0);
        }
        add(20, 1);
        long window = 80L * FRAME;
        gate.joinFirst(window);
        assertThat(gate.first().start()).isZero();
        assertThat(gate.first().end()).isEqualTo(60L * FRAME + 1600);
        gate.removeFirst();
        gate.joinFirst(window);
        assertThat(gate.first().hasEnded()).as("joined with the open one").isFalse();
        add(16, 0);
        assertThat(gate.first().end()).isEqualTo(140L * FRAME + 1600);
        gate.removeFirst();
        assertThat(gate.first()).isNull();
    }

    private void add(int frames, float probability) {
        for (int i = 0; i < frames; i++) {
            gate.add(probability);
        }
    }
}
