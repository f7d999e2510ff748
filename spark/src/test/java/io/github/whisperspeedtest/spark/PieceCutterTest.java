package io.github.whisperspeedtest.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.audio.Audio;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PieceCutterTest {
    private static final int RATE = Audio.SAMPLE_RATE;

    @TempDir
    private Path directory;

    private int files;

    @Test
    void cutsAtTheQuietestMomentNearTheWantedLength() {
        float[] noise = noise(5 * 60);
        quiet(noise, 110.0, 110.6, 0.01f);
        quiet(noise, 125.0, 125.6, 0.001f);
        quiet(noise, 60.0, 61.0, 0);
        quiet(noise, 240.0, 250.0, 0);

        List<PieceCutter.Cut> cuts = cut(noise, 1_000);

        assertThat(seconds(cuts.get(0).end())).isCloseTo(125.3, within(0.06));
        assertThat(seconds(cuts.get(1).end())).isBetween(240.0, 250.0).isCloseTo(245.3, within(0.06));
        assertThat(cuts).hasSize(3);
    }

    @Test
    void digitalSilenceIsCutWhereItWasWanted() {
        List<PieceCutter.Cut> cuts = cut(new float[4 * 60 * RATE], 16_384);

        assertThat(cuts).hasSize(2);
        assertThat(seconds(cuts.get(0).end())).isCloseTo(120, within(0.02));
    }

    @Test
    void piecesHaveAllSamplesOnce() {
        float[] noise = noise(7 * 60 + 1);

        List<PieceCutter.Cut> cuts = cut(noise, 777);

        long at = 0;
        for (PieceCutter.Cut cut : cuts) {
            assertThat(cut.start()).isEqualTo(at);
            float[] samples = SparkRecordings.samples(cut.file());
            assertThat(samples).hasSize((int) (cut.end() - cut.start()));
            for (int i = 0; i < samples.length; i++) {
                assertThat(Math.abs(samples[i] - noise[(int) at + i])).isLessThan(0x1p-15f);
            }
            at = cut.end();
        }
        assertThat(at).isEqualTo(noise.length);
    }

    @Test
    void aShortRecordingIsOnePiece() {
        assertThat(cut(noise(3), 100)).hasSize(1);
        assertThat(cut(new float[0], 100)).isEmpty();
    }

    /** It must not be taken for a damaged recording, which is a row of the result. */
    @Test
    void aFullDiskIsNoFailureOfTheRecording() {
        PieceCutter cutter = new PieceCutter(Duration.ofMinutes(2), () -> directory.resolve("missing/file.wav"));

        assertThatThrownBy(() -> cutter.accept(noise(151), 0, 151 * RATE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("file.wav");
    }

    private List<PieceCutter.Cut> cut(float[] samples, int block) {
        PieceCutter cutter = new PieceCutter(Duration.ofMinutes(2), () -> directory.resolve(files++ + ".wav"));
        for (int at = 0; at < samples.length; at += block) {
            cutter.accept(samples, at, Math.min(block, samples.length - at));
        }
        List<PieceCutter.Cut> cuts = List.copyOf(cutter.finish());
        assertThat(cuts).allSatisfy(cut -> assertThat(Files.exists(cut.file())).isTrue());
        return cuts;
    }

    private static float[] noise(int seconds) {
        Random random = new Random(seconds);
        float[] noise = new float[seconds * RATE];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = random.nextFloat() - 0.5f;
        }
        return noise;
    }

    private static void quiet(float[] samples, double from, double to, float factor) {
        for (int i = (int) (from * RATE); i < to * RATE; i++) {
            samples[i] *= factor;
        }
    }

    private static double seconds(long samples) {
        return (double) samples / RATE;
    }
}
