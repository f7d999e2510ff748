package io.github.whisperspeedtest.onnx;

import io.github.whisperspeedtest.checkpoint.DataType;
import io.github.whisperspeedtest.checkpoint.GroupedMatrix;
import io.github.whisperspeedtest.checkpoint.Tensor;

/**
 * The scales and biases of a matrix of groups as the runtime takes them: an element is {@code scale * (code - zeroPoint) + remainder},
 * the zero point a whole number between the codes' bounds.
 *
 * <p>MLX makes {@code bias / scale} a whole number, so that a weight of zero stays zero ({@code affine_quantize} in
 * mlx/backend/cpu/quantized.cpp): nothing would remain if scale and bias were not rounded to the type that they are stored in. That
 * accounts for half a unit in the last place of the bias, and for as much of the scale times the zero point. A remainder within that is
 * an error that came with the format: without it the weights are nearer to those that were quantised. Where a group has more, its bias
 * is something else, such as its plain minimum, or its codes are all on one side of zero: then the remainder belongs to the weights. So it
 * does where it is large beside the scale, as with bytes and scales of 16-bit brain floats, whose rounding accounts for any remainder
 * there can be.
 */
final class GroupOffsets {
    /** Rounding to half floats makes no more of what MLX writes, whatever the zero point; plain minima have more in every other group. */
    private static final float LARGEST_SHARE_OF_SCALE = 1 / 4f;

    private final float[] scales;
    private final byte[] zeroPoints;
    private final float[] remainders;
    private boolean negligible = true;

    private GroupOffsets(GroupedMatrix matrix, int largestCode) {
        scales = WeightBuffers.array(matrix.scales());
        remainders = WeightBuffers.array(matrix.biases());
        zeroPoints = new byte[scales.length];
        for (int i = 0; i < scales.length; i++) {
            float bias = remainders[i];
            int zeroPoint = scales[i] == 0 ? 0 : Math.min(largestCode, Math.max(0, Math.round(-bias / scales[i])));
            double remainder = bias + (double) zeroPoint * scales[i];
            double rounding =
                    (unitInLastPlace(matrix.biases(), bias) + zeroPoint * unitInLastPlace(matrix.scales(), scales[i]))
                            / 2;
            zeroPoints[i] = (byte) zeroPoint;
            remainders[i] = (float) remainder;
            // So that what is not a number belongs to the weights.
            negligible &= Math.abs(remainder) <= Math.min(rounding, Math.abs(scales[i]) * LARGEST_SHARE_OF_SCALE);
        }
    }

    /**
     * Takes a matrix apart.
     *
     * @param width bits of a code in the graph, at least as many as the matrix has
     */
    static GroupOffsets of(GroupedMatrix matrix, int width) {
        return new GroupOffsets(matrix, (1 << width) - 1);
    }

    private static double unitInLastPlace(Tensor stored, float value) {
        if (stored.type() == DataType.F16) {
            return Math.scalb(1.0, Math.max(Math.getExponent(value), -14) - 10);
        }
        if (stored.type() == DataType.BF16) {
            return Math.scalb(1.0, Math.max(Math.getExponent(value), Float.MIN_EXPONENT) - 7);
        }
        return Math.ulp(value);
    }

    /** Returns the scales, row by row. */
    float[] scales() {
        return scales;
    }

    /** Returns the zero points, unsigned, row by row. */
    byte[] zeroPoints() {
        return zeroPoints;
    }

    /** Returns what is to be added to every element of a group, row by row. */
    float[] remainders() {
        return remainders;
    }

    /** Returns whether rounding accounts for all of the remainders. */
    boolean isNegligible() {
        return negligible;
    }
}
