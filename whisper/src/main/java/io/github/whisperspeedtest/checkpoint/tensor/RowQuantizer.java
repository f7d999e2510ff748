package io.github.whisperspeedtest.checkpoint.tensor;

import io.github.whisperspeedtest.error.ModelException;

/**
 * Quantizes rows to signed bytes with the rounding of CTranslate2's converter.
 *
 * <p>A row is a slice along the first dimension. Its factor, 127 divided by the largest magnitude of the row, converts
 * a number to a byte. Source: {@code _quantize} in model_spec.py of OpenNMT/CTranslate2.
 */
public final class RowQuantizer {
    private static final float LARGEST = 127;

    private RowQuantizer() {}

    /**
     * Quantises one row.
     *
     * @param name name of the tensor, for messages
     * @param values the row
     * @param bytes where the bytes go, as many as there are values
     * @return the row's factor, 1 for a row of zeros
     * @throws ModelException if an element is not a finite number
     */
    public static float quantize(String name, float[] values, byte[] bytes) {
        float largest = 0;
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new ModelException("The model cannot be quantized to int8: tensor '" + name
                        + "' should have finite numbers only, but has " + value + ". Use another model.");
            }
            largest = Math.max(largest, Math.abs(value));
        }
        float factor = LARGEST / largest;
        if (Float.isInfinite(factor)) {
            factor = 1;
        }
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) Math.rint(values[i] * factor);
        }
        return factor;
    }
}
