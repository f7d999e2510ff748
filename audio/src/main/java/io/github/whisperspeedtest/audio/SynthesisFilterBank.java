package io.github.whisperspeedtest.audio;

import java.io.IOException;
import javazoom.jl.decoder.JavaLayerUtils;

/**
 * Makes sound of the 32 subbands of MPEG audio, one channel of it.
 *
 * <p>Layout: ISO/IEC 11172-3, annex A, figure A.2; the decoder library has such a filter too, but keeps it to itself.
 */
final class SynthesisFilterBank {
    /** Subbands, and samples that one sample of each of them makes. */
    static final int SUBBANDS = 32;

    private static final int VECTOR = 2 * SUBBANDS;
    private static final int STEPS = 16;

    private static final float[][] COSINES = cosines();

    /** The coefficients of table B.3, from a file in the library's jar; in it the 16 of each sample stand together. */
    private static final float[] WINDOW = window();

    private final float[] vectors = new float[STEPS * VECTOR];

    /** Returns the next samples, full scale being -1 to 1. */
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
            // Of each pair of vectors the first gives its first half, the second its second one.
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
            throw new IllegalStateException("The jar of JLayer lacks the file sfd.ser; get it again.", e);
        }
    }
}
