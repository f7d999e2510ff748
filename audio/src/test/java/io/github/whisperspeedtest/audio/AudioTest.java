package io.github.whisperspeedtest.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AudioTest {
    /** More than two blocks of samples, ending within a block. */
    private static final int COUNT = 2 * (1 << 14) + 1234;

    @Test
    void returnsSamplesAppendedInPiecesOfAnySize() {
        float[] samples = ramp(COUNT);
        for (int piece : new int[] {1, 1000, 1 << 14, (1 << 14) + 1, COUNT}) {
            Audio.Builder builder = Audio.builder("ramp");
            for (int at = 0; at < COUNT; at += piece) {
                builder.append(samples, at, Math.min(piece, COUNT - at));
            }
            Audio audio = builder.build();

            float[] read = new float[COUNT];
            assertThat(audio.sampleCount()).isEqualTo(COUNT);
            assertThat(audio.read(0, read, 0, COUNT)).isEqualTo(COUNT);
            assertThat(read).as("pieces of " + piece).isEqualTo(samples);
        }
    }

    @Test
    void readsAnyRange() {
        Audio audio = Audio.of("ramp", ramp(COUNT));
        int border = 1 << 14;
        for (int position : new int[] {0, 1, border - 1, border, border + 1, 2 * border - 7, COUNT - 10}) {
            float[] target = new float[12];
            Arrays.fill(target, -1);

            assertThat(audio.read(position, target, 1, 10)).isEqualTo(10);

            assertThat(target[0]).isEqualTo(-1);
            for (int i = 0; i < 10; i++) {
                assertThat(target[1 + i]).isEqualTo(position + i);
            }
            assertThat(target[11]).isEqualTo(-1);
        }
    }

    @Test
    void slicesAreIndependentCopies() {
        Audio audio = Audio.of("ramp", ramp(COUNT));
        int border = 1 << 14;
        for (int[] part :
                new int[][] {{0, COUNT}, {3, 3}, {border - 1, border + 1}, {7, 2 * border + 9}, {COUNT, COUNT}}) {
            Audio slice = audio.slice(part[0], part[1]);
            float[] read = new float[part[1] - part[0]];
            assertThat(slice.name()).isEqualTo("ramp");
            assertThat(slice.sampleCount()).isEqualTo(read.length);
            slice.read(0, read, 0, read.length);
            assertThat(read).isEqualTo(Arrays.copyOfRange(ramp(COUNT), part[0], part[1]));
        }
        assertThatThrownBy(() -> audio.slice(5, COUNT + 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> audio.slice(5, 4)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void readingStopsAtTheEnd() {
        Audio audio = Audio.of("ramp", ramp(100));
        float[] target = new float[10];

        assertThat(audio.read(97, target, 0, 10)).isEqualTo(3);
        assertThat(target).startsWith(97, 98, 99, 0);
        assertThat(audio.read(100, target, 0, 10)).isZero();
        assertThat(audio.read(Long.MAX_VALUE, target, 0, 10)).isZero();
        assertThat(audio.read(0, target, 10, 0)).isZero();
    }

    @Test
    void rejectsPositionsOutOfRange() {
        Audio audio = Audio.of("ramp", ramp(100));
        float[] target = new float[10];

        assertThatThrownBy(() -> audio.read(-1, target, 0, 10)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> audio.read(0, target, 5, 6)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> audio.read(0, target, -1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Audio.builder("x").append(target, 9, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void copiesTheSourceSamples() {
        float[] samples = ramp(10);
        Audio audio = Audio.of("ramp", samples);
        samples[3] = 77;
        float[] read = new float[10];
        audio.read(0, read, 0, 10);

        assertThat(read).isEqualTo(ramp(10));
    }

    @Test
    void roundsDurationDownToNanosecond() {
        assertThat(Audio.of("none", new float[0]).duration()).isZero();
        assertThat(Audio.of("one", new float[1]).duration()).isEqualTo(Duration.ofNanos(62_500));
        assertThat(Audio.of("second", new float[16_000]).duration()).isEqualTo(Duration.ofSeconds(1));
        assertThat(Audio.of("more", new float[16_001]).duration()).isEqualTo(Duration.ofSeconds(1, 62_500));
    }

    private static float[] ramp(int length) {
        float[] samples = new float[length];
        for (int i = 0; i < length; i++) {
            samples[i] = i;
        }
        return samples;
    }
}
