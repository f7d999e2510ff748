package io.github.whisperspeedtest.numeric;

/**
 * Sums exponentials over many logits, fast enough to do it for every token.
 *
 * <p>{@code e^x} is taken as {@code (e^(x/128))^128}: five terms of the exponential series, then seven squarings. All of that is
 * additions and products without a branch, which the JIT compiles to vector instructions, and it takes as long for one distribution
 * as for another. The relative error of a sum is below 1e-5; what is more than 32 below the maximum counts as {@code e^-32}.
 *
 * <p>Not for several threads at once.
 */
public final class Exponentials {
    private static final int BLOCK = 1024;

    /** The exponent is divided by this, a power of two; see the seven squarings. */
    private static final float DIVISOR = 128;

    /** How far below the maximum an exponent is still told from others, divided by {@link #DIVISOR}. */
    private static final float DEPTH = 0.25f;

    private final float[] block = new float[BLOCK];

    /** Creates the memory that the sums need. */
    public Exponentials() {}

    /**
     * Returns the sum of {@code exp((values[i] - maximum) * scale)}.
     *
     * @param values finite numbers; the sum is not a number where one of them is not
     * @param maximum at least as high as each of them
     */
    public double sum(float[] values, int from, int to, float maximum, float scale) {
        double sum = 0;
        for (int start = from; start < to; start += BLOCK) {
            int count = Math.min(to - start, BLOCK);
            System.arraycopy(values, start, block, 0, count);
            exponentials(block, count, maximum, scale / DIVISOR);
            sum += sum(block, count);
        }
        return sum;
    }

    /**
     * Returns the first index at which the sum, as {@link #sum} builds it up, exceeds a part of it; the last index of the range where
     * rounding keeps the sum below it.
     */
    public int indexOf(double part, float[] values, int from, int to, float maximum, float scale) {
        double before = 0;
        for (int start = from; start < to; start += BLOCK) {
            int count = Math.min(to - start, BLOCK);
            System.arraycopy(values, start, block, 0, count);
            exponentials(block, count, maximum, scale / DIVISOR);
            double after = before + sum(block, count);
            for (int i = 0; after > part && i < count; i++) {
                before += block[i];
                if (before > part) {
                    return start + i;
                }
            }
            before = after;
        }
        return to - 1;
    }

    /** Returns the logarithm of {@link #sum} at scale 1, without the maximum taken off. */
    public double logSum(float[] values, int from, int to, float maximum) {
        return maximum + Math.log(sum(values, from, to, maximum, 1));
    }

    /** Makes the first {@code count} values probabilities: their exponentials, divided by the sum of those. */
    public static void softmax(float[] values, int count) {
        float maximum = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            if (values[i] > maximum) {
                maximum = values[i];
            }
        }
        exponentials(values, count, maximum, 1 / DIVISOR);
        float factor = (float) (1 / sum(values, count));
        for (int i = 0; i < count; i++) {
            values[i] *= factor;
        }
    }

    private static void exponentials(float[] x, int count, float maximum, float factor) {
        for (int i = 0; i < count; i++) {
            // The larger of the exponent and -DEPTH: y + |y| is 2 y or 0. Math.max would not be vectorised.
            float y = (x[i] - maximum) * factor + DEPTH;
            y = (y + Math.abs(y)) * 0.5f - DEPTH;
            float power = 1 + y * (1 + y * (1 / 2f + y * (1 / 6f + y * (1 / 24f))));
            power *= power;
            power *= power;
            power *= power;
            power *= power;
            power *= power;
            power *= power;
            power *= power;
            x[i] = power;
        }
    }

    /** Adds up in four strands, since each addition would otherwise wait for the one before. */
    private static double sum(float[] x, int count) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int i = 0;
        for (; i + 3 < count; i += 4) {
            a += x[i];
            b += x[i + 1];
            c += x[i + 2];
            d += x[i + 3];
        }
        for (; i < count; i++) {
            a += x[i];
        }
        return (double) a + b + c + d;
    }
}
