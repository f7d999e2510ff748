package io.github.whisperspeedtest.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.audio.Audio;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AudioRingTest {
    @Test
    void keepsTheLastSamplesAtTheirPositions() {
        AudioRing ring = new AudioRing(100);
        Random random = new Random(1);
        int next = 0;
        for (int round = 0; round < 200; round++) {
            float[] block = new float[3 + random.nextInt(round % 10 == 9 ? 250 : 60)];
            int length = random.nextInt(block.length - 2);
            for (int i = 0; i < length; i++) {
                block[2 + i] = next++;
            }
            ring.append(block, 2, length);
            assertThat(ring.end()).isEqualTo(next);
            assertThat(ring.start()).isEqualTo(Math.max(0, next - 100));
            long from = ring.start() + random.nextInt((int) (ring.end() - ring.start()) + 1);
            Audio view = ring.view(from, ring.end());
            float[] samples = new float[(int) view.sampleCount()];
            view.read(0, samples, 0, samples.length);
            for (int i = 0; i < samples.length; i++) {
                assertThat(samples[i]).isEqualTo(from + i);
            }
        }
        assertThat(ring.view(ring.start() - 1, ring.end())).isNull();
        assertThat(ring.read(ring.start() - 1, new float[1], 1)).isFalse();
    }
}
