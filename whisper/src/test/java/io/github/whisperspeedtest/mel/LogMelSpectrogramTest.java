package io.github.whisperspeedtest.mel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.mel.LogMelSpectrogram.Padding;
import io.github.whisperspeedtest.testing.MicroSamples;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogMelSpectrogramTest {
    private static final int FRAMES = LogMelSpectrogram.FRAMES;
    private static final float TOLERANCE = 1e-4f;

    /** Silence in a silent window: {@code (log10(1e-10) + 4) / 4}. */
    private static final float SILENT = -1.5f;

    @ParameterizedTest
    @CsvSource({
        "en_long_01.ogg, 80, 0",
        "en_long_01.ogg, 80, 2345",
        "en_long_01.ogg, 128, 5001",
        "de_multi_01.flac, 128, 0",
        "de_single_01.flac, 80, 100"
    })
    void agreesWithADoublePrecisionTransformOnSpeech(String name, int bins, int firstFrame) throws IOException {
        SpeechSample sample = MicroSamples.named(name);
        Audio audio;
        try (InputStream stream = sample.open()) {
            audio = AudioFiles.read(name, stream);
        }

        assertThat(greatestDifference(
                        window(audio, bins, Padding.SILENCE, firstFrame), reference(audio, bins, firstFrame)))
                .isLessThan(TOLERANCE);
    }

    @ParameterizedTest
    @CsvSource({"80, 0", "128, 0", "80, 1717", "128, 3301"})
    void agreesWithADoublePrecisionTransformOnNoise(int bins, int firstFrame) {
        Audio audio = Audio.of("noise", noise(40 * Audio.SAMPLE_RATE, 0.3f));

        assertThat(greatestDifference(
                        window(audio, bins, Padding.SILENCE, firstFrame), reference(audio, bins, firstFrame)))
                .isLessThan(TOLERANCE);
    }

    @Test
    void agreesWithNumpy() throws IOException {
        Audio audio = Audio.of("signal", signal());
        List<String> lines;
        try (InputStream stream = LogMelSpectrogramTest.class.getResourceAsStream("log-mel.txt")) {
            lines = new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }

        assertThat(lines).hasSize(60).allSatisfy(line -> {
            String[] fields = line.split(" ");
            int bins = Integer.parseInt(fields[1]);
            int frame = Integer.parseInt(fields[2]);
            float[] window = window(audio, bins, Padding.SILENCE, Integer.parseInt(fields[0]));
            for (int i = 0; i < bins / 8; i++) {
                float expected = Float.parseFloat(fields[3 + i]);
                assertThat(Math.abs(window[8 * i * FRAMES + frame] - expected))
                        .as("bin %d", 8 * i)
                        .isLessThan(TOLERANCE);
            }
        });
    }

    @Test
    void countsWholeFrames() {
        assertThat(LogMelSpectrogram.frames(Audio.of("nothing", new float[0]))).isZero();
        assertThat(LogMelSpectrogram.frames(Audio.of("short", new float[159]))).isZero();
        assertThat(LogMelSpectrogram.frames(Audio.of("short", new float[321]))).isEqualTo(2);
    }

    @Test
    void partEqualsSeparateRecording() {
        Audio audio = Audio.of("noise", noise(4000 * 160 + 159, 0.3f));
        for (int[] part : new int[][] {{0, 2000}, {500, 3000}, {1234, 0}, {3500, 500}, {3500, 3000}}) {
            long end = Math.min(audio.sampleCount(), (part[0] + part[1]) * 160L);
            // The last frame of the recording contains all remaining samples.
            end = part[0] + part[1] >= 4000 ? audio.sampleCount() : end;
            float[] window = new float[80 * FRAMES];
            new LogMelSpectrogram(80, Padding.SILENCE).window(audio, part[0], part[1], window);
            assertThat(window)
                    .as("frames from %d on, %d of them", part[0], part[1])
                    .isEqualTo(window(audio.slice(part[0] * 160L, end), 80, Padding.SILENCE, 0));
        }
        LogMelSpectrogram spectrogram = new LogMelSpectrogram(80, Padding.SILENCE);
        float[] target = new float[80 * FRAMES];
        assertThatThrownBy(() -> spectrogram.window(audio, 0, FRAMES + 1, target))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> spectrogram.window(audio, -1, 100, target))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void padsWithZerosOnRequest() {
        Audio audio = Audio.of("noise", noise(1000 * 160 + 159, 0.3f));
        float[] silence = window(audio, 80, Padding.SILENCE, 100);
        float[] zero = window(audio, 80, Padding.ZERO, 100);

        for (int bin = 0; bin < 80; bin++) {
            int row = bin * FRAMES;
            assertThat(Arrays.copyOfRange(zero, row, row + 900)).isEqualTo(Arrays.copyOfRange(silence, row, row + 900));
            assertThat(Arrays.copyOfRange(zero, row + 900, row + FRAMES)).containsOnly(0);
            assertThat(silence[row + 900])
                    .as("the first frame behind the audio still hears its end")
                    .isGreaterThan(0.1f);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 40, 159, 160, 199, 200, 201, 399, 400, 401, 480_000, 480_001})
    void acceptsAudioOfAnyLength(int length) {
        Audio audio = Audio.of("noise", noise(length, 0.3f));

        assertThat(greatestDifference(window(audio, 80, Padding.SILENCE, 0), reference(audio, 80, 0)))
                .isLessThan(TOLERANCE);
        assertThat(window(audio, 80, Padding.ZERO, length / 160)).containsOnly(0);
    }

    @Test
    void isConstantForSilence() {
        Audio speechThenSilence = Audio.of("tail", Arrays.copyOf(noise(1600, 0.3f), 64_000));

        assertThat(window(Audio.of("silence", new float[32_000]), 80, Padding.SILENCE, 0))
                .containsOnly(SILENT);
        assertThat(window(speechThenSilence, 128, Padding.SILENCE, 20)).containsOnly(SILENT);
        assertThat(window(speechThenSilence, 128, Padding.SILENCE, 1_000_000_000_000L))
                .containsOnly(SILENT);
    }

    @Test
    void doesNotDependOnEarlierCalls() {
        Audio audio = Audio.of("noise", noise(8_000, 0.3f));
        Audio loud = Audio.of("loud", noise(480_000, 1f));
        LogMelSpectrogram spectrogram = new LogMelSpectrogram(80, Padding.SILENCE);
        float[] target = new float[80 * FRAMES];
        spectrogram.window(loud, 0, target);
        spectrogram.window(audio, 0, target);

        assertThat(target).isEqualTo(window(audio, 80, Padding.SILENCE, 0));
    }

    @Test
    void remainsFiniteForInvalidSamples() {
        float[] samples = noise(32_000, 0.3f);
        samples[5_000] = Float.NaN;
        samples[20_000] = Float.POSITIVE_INFINITY;
        samples[25_000] = 1e30f;

        for (float value : window(Audio.of("broken", samples), 80, Padding.SILENCE, 0)) {
            assertThat(value).isFinite();
        }
    }

    @Test
    void rejectsInvalidArguments() {
        Audio audio = Audio.of("noise", noise(8_000, 0.3f));
        LogMelSpectrogram spectrogram = new LogMelSpectrogram(80, Padding.SILENCE);

        assertThatThrownBy(() -> spectrogram.window(audio, -1, new float[80 * FRAMES]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
        assertThatThrownBy(() -> spectrogram.window(audio, 0, new float[128 * FRAMES]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("240000");
    }

    @Test
    void allocatesNothingPerWindow() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Audio audio = Audio.of("noise", noise(480_000, 0.3f));
        LogMelSpectrogram spectrogram = new LogMelSpectrogram(80, Padding.ZERO);
        float[] target = new float[80 * FRAMES];
        spectrogram.window(audio, 0, target);

        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);
        for (int i = 0; i < 10; i++) {
            spectrogram.window(audio, i, target);
        }
        assertThat(threads.getThreadAllocatedBytes(thread) - before).isLessThan(10_000);
    }

    @Test
    void logarithmHasSixCorrectDigits() {
        Random random = new Random(3);
        for (int i = 0; i < 100_000; i++) {
            float x = (float) Math.pow(10, random.nextDouble() * 20 - 10);
            double expected = Math.log10(x);
            assertThat(Log10.of(x))
                    .isBetween((float) (expected - error(expected)), (float) (expected + error(expected)));
        }
        assertThat(Log10.of(1)).isZero();
    }

    private static double error(double logarithm) {
        return Math.max(3e-7, 1.5e-7 * Math.abs(logarithm));
    }

    private static float greatestDifference(float[] values, float[] expected) {
        assertThat(values).hasSameSizeAs(expected);
        float greatest = 0;
        for (int i = 0; i < values.length; i++) {
            // Math.max alone is not enough: NaN must count as a difference.
            float difference = Math.abs(values[i] - expected[i]);
            greatest = Float.isNaN(difference) ? Float.POSITIVE_INFINITY : Math.max(greatest, difference);
        }
        return greatest;
    }

    private static float[] window(Audio audio, int bins, Padding padding, long firstFrame) {
        float[] target = new float[bins * FRAMES];
        Arrays.fill(target, Float.NaN);
        new LogMelSpectrogram(bins, padding).window(audio, firstFrame, target);
        return target;
    }

    /** The definition, term by term, in double precision. */
    private static float[] reference(Audio audio, int bins, int firstFrame) {
        float[] samples = new float[(int) audio.sampleCount()];
        audio.read(0, samples, 0, samples.length);
        double[] cosines = new double[400];
        for (int i = 0; i < 400; i++) {
            cosines[i] = Math.cos(2 * Math.PI * i / 400);
        }
        MelFilterbank filterbank = MelFilterbank.of(bins);
        double[] logarithms = new double[bins * FRAMES];
        double maximum = Double.NEGATIVE_INFINITY;
        for (int frame = 0; frame < FRAMES; frame++) {
            double[] powers = powers(samples, (firstFrame + frame) * 160 - 200, cosines);
            for (int bin = 0; bin < bins; bin++) {
                double sum = 0;
                for (int k = 0; k <= 200; k++) {
                    sum += filterbank.weight(bin, k) * powers[k];
                }
                double logarithm = Math.log10(Math.max(sum, 1e-10));
                logarithms[bin * FRAMES + frame] = logarithm;
                maximum = Math.max(maximum, logarithm);
            }
        }
        float[] result = new float[logarithms.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) ((Math.max(logarithms[i], maximum - 8) + 4) / 4);
        }
        return result;
    }

    private static double[] powers(float[] samples, int first, double[] cosines) {
        double[] powers = new double[201];
        double[] windowed = new double[400];
        boolean silent = true;
        for (int i = 0; i < 400; i++) {
            int at = Math.abs(first + i);
            windowed[i] = at < samples.length ? samples[at] * (0.5 - 0.5 * cosines[i]) : 0;
            silent &= windowed[i] == 0;
        }
        for (int k = 0; k <= 200 && !silent; k++) {
            double re = 0;
            double im = 0;
            for (int i = 0; i < 400; i++) {
                re += windowed[i] * cosines[i * k % 400];
                im += windowed[i] * cosines[(i * k + 100) % 400];
            }
            powers[k] = re * re + im * im;
        }
        return powers;
    }

    /** The signal of the values in {@code log-mel.txt}: a triangle wave, and noise that fades by 18 dB per second. */
    private static float[] signal() {
        float[] samples = new float[80_077];
        long noise = 1;
        for (int i = 0; i < samples.length; i++) {
            noise = noise * 6364136223846793005L + 1442695040888963407L;
            double faded = (noise >> 40) / 8388608.0 / (1L << i / 16_000 * 3);
            samples[i] = (float) (faded + (Math.abs(i * 37 % 400 - 200) - 100) / 1024.0);
        }
        return samples;
    }

    private static float[] noise(int length, float amplitude) {
        Random random = new Random(1);
        float[] samples = new float[length];
        for (int i = 0; i < length; i++) {
            samples[i] = amplitude * (float) random.nextGaussian();
        }
        return samples;
    }
}
