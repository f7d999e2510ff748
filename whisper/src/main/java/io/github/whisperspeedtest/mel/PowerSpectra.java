package io.github.whisperspeedtest.mel;

import java.util.function.DoubleUnaryOperator;

/**
 * The power spectra of {@link #FRAMES} successive frames at once: Hann window, Fourier transform of 400 real samples, squared
 * magnitude.
 *
 * <p>Everything is kept as rows that hold one number of each frame, and every step of the transform is a short loop along a few
 * rows. Such loops, with one index for all arrays and no more than some sixty nodes in them, are what HotSpot's compiler turns
 * into vector instructions.
 *
 * <p>400 is 16 · 25, and the two have no common factor, so that the prime-factor algorithm (I. J. Good, 1958) needs no
 * multiplications between its two halves: with {@code n = 25 n1 + 16 n2} modulo 400, real transforms of length 16 over
 * {@code n1} are followed by transforms of length 25 over {@code n2}, and frequency {@code k} is where {@code k} modulo 16 and
 * {@code k} modulo 25 say. Of the 16 results of a real transform half are the conjugates of the others and are never computed.
 *
 * <p>Not thread-safe: owns its buffers.
 */
final class PowerSpectra {
    /** Frames that are transformed together. */
    static final int FRAMES = 120;

    /** Samples between the beginnings of two frames. */
    static final int HOP = 160;

    /** Samples that a caller provides; the last frame ends 80 before the last of them. */
    static final int SAMPLES = (FRAMES + 2) * HOP;

    private static final int SIZE = MelFilterbank.FFT_SIZE;
    private static final int OUTER = 16;
    private static final int INNER = 25;

    /**
     * What the transform of length 16 leaves in its rows: the row with the real part, the row with the imaginary part, and the
     * frequency. The first pair holds two real numbers, those of frequencies 0 and 8.
     */
    private static final int[][] COLUMNS = {
        {0, 1, 0}, {2, 3, 12}, {4, 6, 14}, {5, 7, 6}, {8, 12, 15}, {9, 13, 7}, {15, 14, 11}, {10, 11, 3}
    };

    private static final float SIN_72 = (float) Math.sin(Math.toRadians(72));
    private static final float SIN_144_BY_SIN_72 =
            (float) (Math.sin(Math.toRadians(144)) / Math.sin(Math.toRadians(72)));

    /** Half the difference of the cosines of 72° and 144°; half their sum is -1/4. */
    private static final float ROOT_5_BY_4 = (float) (Math.sqrt(5) / 4);

    private static final float[] COSINES = perAngle(Math::cos);
    private static final float[] SINES = perAngle(Math::sin);
    private static final float[] HANN = perAngle(angle -> 0.5 - 0.5 * Math.cos(angle));

    private final float[] samples = new float[SAMPLES];

    /** The samples again: {@code phases[p][i]} is sample {@code HOP * i + p}. */
    private final float[][] phases = new float[HOP][FRAMES + 2];

    /** {@code rows[n2][n1]}, and what becomes of it. */
    private final float[][][] rows = new float[INNER][OUTER][FRAMES];

    /** For each frequency the row that holds its power in the end. */
    private final float[][] powers = new float[MelFilterbank.FREQUENCIES][];

    PowerSpectra() {
        powers[frequency(0, 0)] = rows[0][0];
        powers[frequency(8, 0)] = rows[0][1];
        for (int k2 = 1; k2 <= INNER / 2; k2++) {
            powers[frequency(0, k2)] = rows[position(k2)][0];
            powers[frequency(8, k2)] = rows[position(INNER - k2)][0];
        }
        for (int c = 1; c < COLUMNS.length; c++) {
            for (int k2 = 0; k2 < INNER; k2++) {
                powers[frequency(COLUMNS[c][2], k2)] = rows[position(k2)][COLUMNS[c][0]];
            }
        }
    }

    /** Returns the samples of the frames, which the caller writes: frame {@code i} begins at {@code i * HOP}. */
    float[] samples() {
        return samples;
    }

    /** Returns the power of one frequency in each frame, as of the last {@link #transform()}. */
    float[] power(int frequency) {
        return powers[frequency];
    }

    /** Computes the powers of the present samples. */
    void transform() {
        splitIntoPhases();
        for (int n2 = 0; n2 < INNER; n2++) {
            load(n2);
            transform16(rows[n2]);
        }
        for (int[] column : COLUMNS) {
            transform25(column[0], column[1]);
        }
        squareRealColumns();
        for (int c = 1; c < COLUMNS.length; c++) {
            for (float[][] row : rows) {
                square(row[COLUMNS[c][0]], row[COLUMNS[c][1]]);
            }
        }
    }

    private void splitIntoPhases() {
        for (int p = 0; p < HOP; p++) {
            float[] phase = phases[p];
            for (int i = 0; i < phase.length; i++) {
                phase[i] = samples[i * HOP + p];
            }
        }
    }

    private void load(int n2) {
        for (int n1 = 0; n1 < OUTER; n1++) {
            int n = (INNER * n1 + OUTER * n2) % SIZE;
            float[] row = rows[n2][n1];
            System.arraycopy(phases[n % HOP], n / HOP, row, 0, FRAMES);
            scale(row, HANN[n]);
        }
    }

    /** Transforms 16 real rows in place, to what {@link #COLUMNS} says. */
    private static void transform16(float[][] x) {
        for (int half = 8; half >= 1; half /= 2) {
            for (int i = 0; i < half; i++) {
                addAndSubtract(x[i], x[i + half]);
            }
        }
        // x[2] + i x[3] is frequency -4 already; frequencies -2 and -10:
        rotate(x[5], x[7], SIZE / 8);
        addAndSubtract(x[4], x[5]);
        addAndSubtract(x[6], x[7]);
        // frequencies -1, -5, -9 and -13:
        for (int i = 1; i < 4; i++) {
            rotate(x[8 + i], x[12 + i], i * SIZE / 16);
        }
        addAndSubtract(x[8], x[10]);
        addAndSubtract(x[12], x[14]);
        addAndSubtract(x[9], x[11]);
        addAndSubtract(x[13], x[15]);
        addAndSubtract(x[8], x[9]);
        addAndSubtract(x[12], x[13]);
        addAndSubtract(x[10], x[15]);
        addAndSubtract(x[14], x[11]);
    }

    /** Transforms 25 complex rows as five by five; frequency {@code k2} ends at {@link #position}. */
    private void transform25(int re, int im) {
        for (int b = 0; b < 5; b++) {
            transform5(re, im, b, 5);
            for (int q = 1; q < 5 && b > 0; q++) {
                float[][] row = rows[5 * q + b];
                rotate(row[re], row[im], SIZE - b * q * OUTER);
            }
        }
        for (int q = 0; q < 5; q++) {
            transform5(re, im, 5 * q, 1);
        }
    }

    private void transform5(int re, int im, int first, int step) {
        float[][] x0 = rows[first];
        float[][] x1 = rows[first + step];
        float[][] x2 = rows[first + 2 * step];
        float[][] x3 = rows[first + 3 * step];
        float[][] x4 = rows[first + 4 * step];
        fifths(x0[re], x1[re], x2[re], x3[re], x4[re]);
        fifths(x0[im], x1[im], x2[im], x3[im], x4[im]);
        combine(x1[re], x1[im], x4[re], x4[im]);
        combine(x2[re], x2[im], x3[re], x3[im]);
    }

    /** Parts the two real transforms that went through one complex transform together, and squares both. */
    private void squareRealColumns() {
        square(rows[0][0]);
        square(rows[0][1]);
        for (int k2 = 1; k2 <= INNER / 2; k2++) {
            float[][] row = rows[position(k2)];
            float[][] mirrored = rows[position(INNER - k2)];
            partAndSquare(row[0], row[1], mirrored[0], mirrored[1]);
        }
    }

    /** Returns where the transform of length 25 leaves a frequency, or which one it leaves there: digits to base 5 swapped. */
    private static int position(int k2) {
        return k2 % 5 * 5 + k2 / 5;
    }

    private static int frequency(int k1, int k2) {
        int k = k2;
        while (k % OUTER != k1) {
            k += INNER;
        }
        return Math.min(k, SIZE - k);
    }

    private static void scale(float[] x, float factor) {
        for (int i = 0; i < FRAMES; i++) {
            x[i] *= factor;
        }
    }

    private static void addAndSubtract(float[] x, float[] y) {
        for (int i = 0; i < FRAMES; i++) {
            float a = x[i];
            float b = y[i];
            x[i] = a + b;
            y[i] = a - b;
        }
    }

    /**
     * Multiplies by a root of unity.
     *
     * @param angle in 400ths of a turn, from 0 to 400
     */
    private static void rotate(float[] re, float[] im, int angle) {
        rotate(re, im, COSINES[angle], SINES[angle]);
    }

    private static void rotate(float[] re, float[] im, float cos, float sin) {
        for (int i = 0; i < FRAMES; i++) {
            float a = re[i];
            float b = im[i];
            re[i] = a * cos - b * sin;
            im[i] = a * sin + b * cos;
        }
    }

    /**
     * The part of a transform of length 5 that real and imaginary parts have each for themselves: the sum, then what the cosines
     * make of rows 1 and 4 and of 2 and 3, then, divided by the sine of 72°, what the sines make of them.
     */
    private static void fifths(float[] x0, float[] x1, float[] x2, float[] x3, float[] x4) {
        for (int i = 0; i < FRAMES; i++) {
            float outerSum = x1[i] + x4[i];
            float innerSum = x2[i] + x3[i];
            float outer = x1[i] - x4[i];
            float inner = x2[i] - x3[i];
            float first = x0[i];
            float sum = outerSum + innerSum;
            float difference = (outerSum - innerSum) * ROOT_5_BY_4;
            float centre = first - 0.25f * sum;
            x0[i] = first + sum;
            x1[i] = centre + difference;
            x2[i] = centre - difference;
            x3[i] = SIN_144_BY_SIN_72 * outer - inner;
            x4[i] = outer + SIN_144_BY_SIN_72 * inner;
        }
    }

    /** Puts a pair of conjugate-symmetric outputs of a transform of length 5 together: {@code x - i s y} and {@code x + i s y}. */
    private static void combine(float[] xRe, float[] xIm, float[] yRe, float[] yIm) {
        for (int i = 0; i < FRAMES; i++) {
            float a = xRe[i];
            float b = xIm[i];
            float c = yRe[i] * SIN_72;
            float d = yIm[i] * SIN_72;
            xRe[i] = a + d;
            xIm[i] = b - c;
            yRe[i] = a - d;
            yIm[i] = b + c;
        }
    }

    private static void square(float[] x) {
        for (int i = 0; i < FRAMES; i++) {
            x[i] *= x[i];
        }
    }

    private static void square(float[] re, float[] im) {
        for (int i = 0; i < FRAMES; i++) {
            re[i] = re[i] * re[i] + im[i] * im[i];
        }
    }

    private static void partAndSquare(float[] re, float[] im, float[] mirroredRe, float[] mirroredIm) {
        for (int i = 0; i < FRAMES; i++) {
            float firstRe = re[i] + mirroredRe[i];
            float firstIm = im[i] - mirroredIm[i];
            float secondRe = im[i] + mirroredIm[i];
            float secondIm = mirroredRe[i] - re[i];
            re[i] = 0.25f * (firstRe * firstRe + firstIm * firstIm);
            mirroredRe[i] = 0.25f * (secondRe * secondRe + secondIm * secondIm);
        }
    }

    private static float[] perAngle(DoubleUnaryOperator function) {
        float[] values = new float[SIZE + 1];
        for (int i = 0; i <= SIZE; i++) {
            values[i] = (float) function.applyAsDouble(2 * Math.PI * i / SIZE);
        }
        return values;
    }
}
