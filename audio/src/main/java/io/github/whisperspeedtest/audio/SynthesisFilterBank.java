package io.github.whisperspeedtest.audio;

import java.io.IOException;
import javazoom.jl.decoder.JavaLayerUtils;

/**
 * Synthesizes one channel from the 32 subbands of MPEG audio.
 *
 * <p>Format: ISO/IEC 11172-3, annex A, figure A.2. The decoder library has such a filter but does not expose it.
 */
final class SynthesisFilterBank {
    /** Number of subbands, and number of output samples per sample of each subband. */
    static final int SUBBANDS = 32;

    private static final int VECTOR = 2 * SUBBANDS;
    private static final int STEPS = 16;

    private static final float[][] COSINES = cosines();

    /** The coefficients of table B.3, from a file in the library's jar, with the 16 coefficients of each sample side by side. */
    private static final float[] WINDOW = window();

    private final float[] vectors = new float[STEPS * VECTOR];

    /** Returns the next samples with full scale from -1 to 1. */
    float[] next(float[] subbands) {
        System.arraycopy(vectors, 0, vectors, VECTOR, vectors.length - VECTOR);
        for (int i = 0; i < VECTOR; i++) {
            float sum = 0;
            for (int k = 0; k < SUBBANDS; k++) {
                sum += COSINES[i][k] * subbands[k];
            }
            vectors[i] = sum;
        }
        float[] samples = new float[SUBBANDS];
        for (int step = 0; step < STEPS; step++) {
            // Each pair of vectors contributes the first half of the first and the second half of the second.
            int from = VECTOR * step + (step % 2 == 0 ? 0 : SUBBANDS);
            for (int j = 0; j < SUBBANDS; j++) {
                samples[j] += vectors[from + j] * WINDOW[STEPS * j + step];
            }
        }
        return samples;
    }

    private static float[][] cosines() {
        float[][] result = new float[VECTOR][SUBBANDS];
        for (int i = 0; i < VECTOR; i++) {
            for (int k = 0; k < SUBBANDS; k++) {
                result[i][k] = (float) Math.cos((16 + i) * (2 * k + 1) * Math.PI / 64);
            }
        }
        return result;
    }

    private static float[] window() {
        try {
            return (float[]) JavaLayerUtils.deserializeArrayResource("sfd.ser", float.class, STEPS * SUBBANDS);
        } catch (IOException e) {
            throw new IllegalStateException("The JLayer jar lacks the file sfd.ser. Replace the jar.", e);
        }
    }
}
