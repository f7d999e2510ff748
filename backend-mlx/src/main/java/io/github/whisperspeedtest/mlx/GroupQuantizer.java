package io.github.whisperspeedtest.mlx;

import io.github.whisperspeedtest.checkpoint.tensor.HalfFloats;
import io.github.whisperspeedtest.error.ModelException;

/**
 * Quantizes rows to codes with a scale and a bias for each group, with the rounding of MLX on the CPU.
 *
 * <p>The extreme of larger magnitude in a group is represented exactly, and zero almost exactly. Numbers are rounded to
 * 16-bit floats before quantization, scales and biases after it. Source: {@code quantize} in
 * mlx/backend/cpu/quantized.cpp of ml-explore/mlx, and whisper/convert.py of ml-explore/mlx-examples for the type.
 */
final class GroupQuantizer {
    /** The minimum scale, for groups of equal numbers. */
    private static final float MIN_SCALE = 1e-7f;

    private final Grouping grouping;
    private final float largestCode;

    GroupQuantizer(Grouping grouping) {
        this.grouping = grouping;
        this.largestCode = (1 << grouping.bits()) - 1;
    }

    /**
     * Quantises one row.
     *
     * @param name name of the tensor, for messages
     * @param row the numbers, whole groups of them; they are rounded to 16 bits
     * @param codes where the codes go, one a byte
     * @param scales where the scales go, one for each group, as 16-bit floats
     * @param biases where the biases go, likewise
     * @throws ModelException if a number is not finite, or too large for 16 bits
     */
    void quantize(String name, float[] row, byte[] codes, short[] scales, short[] biases) {
        for (int i = 0; i < row.length; i++) {
            float rounded = HalfFloats.toFloat(HalfFloats.fromFloat(row[i]));
            if (!Float.isFinite(rounded)) {
                throw new ModelException(
                        "The model cannot be quantised to " + grouping.bits() + " bits: tensor '" + name
                                + "' should have numbers within the range of float16, but has " + row[i]
                                + ". Use another model.");
            }
            row[i] = rounded;
        }
        for (int group = 0; group < scales.length; group++) {
            quantizeGroup(row, codes, group, scales, biases);
        }
    }

    private void quantizeGroup(float[] row, byte[] codes, int group, short[] scales, short[] biases) {
        int start = group * grouping.groupSize();
        int end = start + grouping.groupSize();
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        for (int i = start; i < end; i++) {
            least = Math.min(least, row[i]);
            most = Math.max(most, row[i]);
        }
        boolean isLeastLarger = Math.abs(least) > Math.abs(most);
        float edge = isLeastLarger ? least : most;
        float scale = Math.max((most - least) / largestCode, MIN_SCALE);
        scale = isLeastLarger ? scale : -scale;
        float steps = (float) Math.rint(edge / scale);
        float bias = 0;
        if (steps != 0) {
            scale = edge / steps;
            bias = edge;
        }
        for (int i = start; i < end; i++) {
            float code = (float) Math.rint((row[i] - bias) / scale);
            codes[i] = (byte) (int) Math.min(Math.max(code, 0), largestCode);
        }
        scales[group] = HalfFloats.fromFloat(scale);
        biases[group] = HalfFloats.fromFloat(bias);
    }
}
