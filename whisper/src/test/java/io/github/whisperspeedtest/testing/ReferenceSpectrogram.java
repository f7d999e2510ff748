package io.github.whisperspeedtest.testing;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.mel.MelFilterbank;

/** The log-mel spectrogram of one window by the definition of the Fourier transform, in double precision: slow and plain. */
public final class ReferenceSpectrogram {
    private static final int HOP = 160;
    private static final int FRAMES = 3000;
    private static final int SAMPLES = HOP * FRAMES;
    private static final int SIZE = MelFilterbank.FFT_SIZE;

    private static final double[] COSINES = cosines();

    private ReferenceSpectrogram() {}

    /**
     * Returns the first 30 s, with silence after the end of shorter audio, like OpenAI's {@code log_mel_spectrogram}.
     *
     * @return {@code [bin][frame]} row after row, 3000 frames
     */
    public static float[] of(Audio audio, int bins) {
        MelFilterbank filters = MelFilterbank.of(bins);
        float[] samples = new float[SAMPLES];
        audio.read(0, samples, 0, SAMPLES);
        double[][] mel = new double[bins][FRAMES];
        double highest = Double.NEGATIVE_INFINITY;
        for (int frame = 0; frame < FRAMES; frame++) {
            double[] power = powerSpectrum(samples, frame * HOP - SIZE / 2);
            for (int bin = 0; bin < bins; bin++) {
                double sum = 0;
                for (int i = 0; i < power.length; i++) {
                    sum += filters.weight(bin, i) * power[i];
                }
                mel[bin][frame] = Math.log10(Math.max(sum, 1e-10));
                highest = Math.max(highest, mel[bin][frame]);
            }
        }
        float[] flat = new float[bins * FRAMES];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = (float) ((Math.max(mel[i / FRAMES][i % FRAMES], highest - 8) + 4) / 4);
        }
        return flat;
    }

    private static double[] powerSpectrum(float[] samples, int start) {
        double[] windowed = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            double hann = 0.5 - 0.5 * COSINES[i];
            windowed[i] = hann * sample(samples, start + i);
        }
        double[] power = new double[MelFilterbank.FREQUENCIES];
        for (int k = 0; k < power.length; k++) {
            double real = 0;
            double imaginary = 0;
            for (int i = 0; i < SIZE; i++) {
                real += windowed[i] * COSINES[i * k % SIZE];
                imaginary += windowed[i] * COSINES[(i * k + SIZE / 4) % SIZE];
            }
            power[k] = real * real + imaginary * imaginary;
        }
        return power;
    }

    /** Returns a sample of the window, mirrored at both ends. */
    private static double sample(float[] samples, int index) {
        int inside = index < 0 ? -index : index >= SAMPLES ? 2 * (SAMPLES - 1) - index : index;
        return samples[inside];
    }

    private static double[] cosines() {
        double[] cosines = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            cosines[i] = Math.cos(2 * Math.PI * i / SIZE);
        }
        return cosines;
    }
}
