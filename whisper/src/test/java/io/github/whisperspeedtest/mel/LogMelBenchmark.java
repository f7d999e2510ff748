package io.github.whisperspeedtest.mel;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.mel.LogMelSpectrogram.Padding;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * Measures one window of 30 s of noise on one thread, with 80 and 128 mel bands.
 *
 * <p>The argument is the number of windows of each kind.
 */
public final class LogMelBenchmark {
    private static final int WARM_UP_WINDOWS = 100;

    private LogMelBenchmark() {}

    /** Prints the first window's time, and median, fastest and slowest of those after the warm-up. */
    public static void main(String[] args) {
        int windows = args.length > 0 ? Integer.parseInt(args[0]) : 500;
        Audio audio = noise();
        for (int bins : new int[] {80, 128}) {
            LogMelSpectrogram spectrogram = new LogMelSpectrogram(bins, Padding.ZERO);
            float[] target = new float[bins * LogMelSpectrogram.FRAMES];
            double first = millis(spectrogram, audio, target);
            for (int i = 0; i < WARM_UP_WINDOWS; i++) {
                spectrogram.window(audio, 0, target);
            }
            double[] times = new double[windows];
            for (int i = 0; i < windows; i++) {
                times[i] = millis(spectrogram, audio, target);
            }
            Arrays.sort(times);
            System.out.printf(
                    Locale.ROOT,
                    "%d bins, %d windows: median %.2f ms, fastest %.2f, slowest %.2f; first window %.1f ms%n",
                    bins,
                    windows,
                    times[windows / 2],
                    times[0],
                    times[windows - 1],
                    first);
        }
    }

    private static double millis(LogMelSpectrogram spectrogram, Audio audio, float[] target) {
        long start = System.nanoTime();
        spectrogram.window(audio, 0, target);
        return (System.nanoTime() - start) / 1e6;
    }

    private static Audio noise() {
        Random random = new Random(1);
        float[] samples = new float[30 * Audio.SAMPLE_RATE];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = 0.1f * (float) random.nextGaussian();
        }
        return Audio.of("noise", samples);
    }
}
