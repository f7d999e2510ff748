package io.github.whisperspeedtest.mel;

import io.github.whisperspeedtest.audio.Audio;

/**
 * The triangles that sum a power spectrum into mel bins, as Whisper was trained with.
 *
 * <p>Slaney's mel scale (linear below 1 kHz, logarithmic above) and Slaney's normalisation (each triangle has the same area),
 * from 0 Hz to 8 kHz: what {@code librosa.filters.mel(sr=16000, n_fft=400, n_mels=…)} computes and OpenAI ships as
 * {@code mel_filters.npz}. Computed in double precision and rounded where librosa rounds, so that the weights agree to within a
 * unit in the last place.
 */
public final class MelFilterbank {
    /** Length of the Fourier transform: 25 ms. */
    public static final int FFT_SIZE = 400;

    /** Frequencies of the power spectrum, 40 Hz apart, the first one 0 Hz. */
    public static final int FREQUENCIES = FFT_SIZE / 2 + 1;

    private static final double HERTZ_PER_MEL = 200.0 / 3;
    private static final double LOG_START_HERTZ = 1000;
    private static final double LOG_START_MEL = LOG_START_HERTZ / HERTZ_PER_MEL;
    private static final double LOG_STEP = Math.log(6.4) / 27;

    private final int bins;
    private final float[] weights;

    private MelFilterbank(int bins, float[] weights) {
        this.bins = bins;
        this.weights = weights;
    }

    /**
     * Returns the filterbank with the given number of bins.
     *
     * @param bins 80, or 128 from large-v3 on
     * @throws IllegalArgumentException if {@code bins} is less than 1
     */
    public static MelFilterbank of(int bins) {
        if (bins < 1) {
            throw new IllegalArgumentException("A mel filterbank has at least 1 bin, not " + bins);
        }
        double[] corners = corners(bins);
        float[] weights = new float[bins * FREQUENCIES];
        for (int bin = 0; bin < bins; bin++) {
            double left = corners[bin];
            double peak = corners[bin + 1];
            double right = corners[bin + 2];
            double normalisation = 2 / (right - left);
            for (int i = 0; i < FREQUENCIES; i++) {
                double hertz = (double) i * Audio.SAMPLE_RATE / FFT_SIZE;
                double rising = (hertz - left) / (peak - left);
                double falling = (right - hertz) / (right - peak);
                float triangle = (float) Math.max(0, Math.min(rising, falling));
                weights[bin * FREQUENCIES + i] = (float) (triangle * normalisation);
            }
        }
        return new MelFilterbank(bins, weights);
    }

    /** Returns the number of mel bins. */
    public int bins() {
        return bins;
    }

    /**
     * Returns the share of one frequency in one bin.
     *
     * @param bin from 0, the lowest, to {@link #bins()} - 1
     * @param frequency from 0 to {@link #FREQUENCIES} - 1
     */
    public float weight(int bin, int frequency) {
        return weights[bin * FREQUENCIES + frequency];
    }

    /** Returns a copy of all weights, bin after bin, {@link #FREQUENCIES} each. */
    public float[] weights() {
        return weights.clone();
    }

    private static double[] corners(int bins) {
        double highest = LOG_START_MEL + Math.log(Audio.SAMPLE_RATE / 2.0 / LOG_START_HERTZ) / LOG_STEP;
        double[] hertz = new double[bins + 2];
        for (int i = 0; i < hertz.length; i++) {
            double mel = i * (highest / (bins + 1));
            hertz[i] = mel < LOG_START_MEL
                    ? mel * HERTZ_PER_MEL
                    : LOG_START_HERTZ * Math.exp(LOG_STEP * (mel - LOG_START_MEL));
        }
        hertz[bins + 1] = Audio.SAMPLE_RATE / 2.0;
        return hertz;
    }
}
