package io.github.whisperspeedtest.audio;

import java.util.Arrays;
import java.util.Objects;

/**
 * Resamples a mono signal of any integer sample rate to 16 kHz, block by block.
 *
 * <p>Uses a polyphase low-pass filter: a sinc with a Kaiser window. With <i>N</i> the lower of both Nyquist
 * frequencies, it is flat up to 7/8 <i>N</i> and more than 80 dB down from <i>N</i> on, which removes aliases and the
 * images of lower rates. It has no delay: output sample <i>m</i> is the signal at the time <i>m</i>/16000 s. The signal
 * is assumed to be silent before its first and after its last sample. A signal of 16 kHz passes unchanged.
 *
 * <p>Window and length follow J. F. Kaiser's design formulas as in A. V. Oppenheim and R. W. Schafer, <i>Discrete-Time
 * Signal Processing</i>, section "The Kaiser window filter design method".
 */
final class Resampler {
    /** In decibels; above the promised 80 because the design formulas are approximations. */
    private static final double ATTENUATION = 84;

    private static final double KAISER_BETA = 0.1102 * (ATTENUATION - 8.7);

    /** Width of the transition band as a fraction of the lower Nyquist frequency. */
    private static final double TRANSITION = 1.0 / 8;

    private static final int BLOCK = 1 << 14;

    private final SampleConsumer output;

    /** The ratio 16000 : input rate in lowest terms is {@code up : down}. */
    private final int up;

    private final int down;

    /** Input samples per output sample, a multiple of the unrolled loop's width. */
    private final int taps;

    private final float[][] phases;

    /** Input samples starting with number {@link #firstHeld}. */
    private float[] held;

    private int heldCount;
    private long firstHeld;
    private long inputCount;
    private long outputCount;

    private final float[] out = new float[BLOCK];

    Resampler(int inputRate, SampleConsumer output) {
        if (inputRate <= 0) {
            throw new IllegalArgumentException("Sample rate must be positive, was " + inputRate);
        }
        this.output = Objects.requireNonNull(output, "output");
        int divisor = greatestCommonDivisor(inputRate, Audio.SAMPLE_RATE);
        up = Audio.SAMPLE_RATE / divisor;
        down = inputRate / divisor;
        double lowerNyquist = Math.min(inputRate, Audio.SAMPLE_RATE) / 2.0;
        double transition = 2 * Math.PI * TRANSITION * lowerNyquist / inputRate;
        double halfWidth = (ATTENUATION - 7.95) / (2.285 * transition) / 2;
        double cutoff = 2 * lowerNyquist * (1 - TRANSITION / 2) / inputRate;
        taps = (int) (Math.ceil(2 * halfWidth / 8) * 8);
        phases = up == down ? new float[0][] : phases(cutoff, halfWidth);
        held = new float[taps + BLOCK];
        // The first output sample needs half a filter of silence before the signal.
        heldCount = taps / 2 - 1;
        firstHeld = -heldCount;
    }

    /** Resamples the next samples and passes on completed output. */
    void write(float[] samples, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, samples.length);
        inputCount += length;
        if (up == down) {
            output.accept(samples, offset, length);
            return;
        }
        int done = 0;
        while (done < length) {
            int part = Math.min(length - done, BLOCK);
            hold(samples, offset + done, part);
            produce(Long.MAX_VALUE);
            done += part;
        }
    }

    /** Passes on the rest, so that n input samples yield round(n · 16000 / rate) output samples. */
    void finish() {
        if (up == down) {
            return;
        }
        long total = Math.floorDiv(2 * inputCount * up + down, 2L * down);
        float[] silence = new float[taps];
        hold(silence, 0, taps);
        produce(total);
    }

    private void hold(float[] samples, int offset, int length) {
        if (heldCount + length > held.length) {
            int drop = (int) Math.min(firstNeeded() - firstHeld, heldCount);
            System.arraycopy(held, drop, held, 0, heldCount - drop);
            heldCount -= drop;
            firstHeld += drop;
            if (heldCount + length > held.length) {
                held = Arrays.copyOf(held, heldCount + length);
            }
        }
        System.arraycopy(samples, offset, held, heldCount, length);
        heldCount += length;
    }

    /** Returns the number of the first input sample needed for the next output sample. */
    private long firstNeeded() {
        return outputCount * down / up - taps / 2 + 1;
    }

    private void produce(long total) {
        int filled = 0;
        long phaseIndex = outputCount * down % up;
        long position = firstNeeded() - firstHeld;
        while (position + taps <= heldCount && outputCount < total) {
            out[filled++] = dot(held, (int) position, phases[(int) phaseIndex]);
            outputCount++;
            phaseIndex += down;
            position += phaseIndex / up;
            phaseIndex %= up;
            if (filled == out.length) {
                output.accept(out, 0, filled);
                filled = 0;
            }
        }
        output.accept(out, 0, filled);
    }

    /** Uses eight partial sums, because each addition to a single sum waits for the previous one. */
    private static float dot(float[] signal, int start, float[] filter) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        for (int i = 0; i < filter.length - 7; i += 8) {
            int j = start + i;
            s0 += filter[i] * signal[j];
            s1 += filter[i + 1] * signal[j + 1];
            s2 += filter[i + 2] * signal[j + 2];
            s3 += filter[i + 3] * signal[j + 3];
            s4 += filter[i + 4] * signal[j + 4];
            s5 += filter[i + 5] * signal[j + 5];
            s6 += filter[i + 6] * signal[j + 6];
            s7 += filter[i + 7] * signal[j + 7];
        }
        return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
    }

    /**
     * Returns, for each p, the filter for an output sample p/up of an input period after an input sample.
     *
     * @param cutoff center of the transition band, as a fraction of the input's Nyquist frequency
     * @param halfWidth half width of the window in input samples
     */
    private float[][] phases(double cutoff, double halfWidth) {
        double windowScale = 1 / besselI0(KAISER_BETA);
        float[][] result = new float[up][taps];
        double[] exact = new double[taps];
        for (int p = 0; p < up; p++) {
            double sum = 0;
            for (int i = 0; i < taps; i++) {
                double t = (double) p / up - (i - taps / 2 + 1);
                double inside = 1 - (t / halfWidth) * (t / halfWidth);
                exact[i] = inside <= 0
                        ? 0
                        : cutoff * sinc(cutoff * t) * besselI0(KAISER_BETA * Math.sqrt(inside)) * windowScale;
                sum += exact[i];
            }
            for (int i = 0; i < taps; i++) {
                // Normalized so that each phase passes a constant exactly, without ripple.
                result[p][i] = (float) (exact[i] / sum);
            }
        }
        return result;
    }

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }

    /** The modified Bessel function of the first kind and order zero, by its power series. */
    private static double besselI0(double x) {
        double quarterSquare = x * x / 4;
        double term = 1;
        double sum = 1;
        for (int k = 1; term > sum * 1e-12; k++) {
            term *= quarterSquare / ((double) k * k);
            sum += term;
        }
        return sum;
    }

    private static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }
}
