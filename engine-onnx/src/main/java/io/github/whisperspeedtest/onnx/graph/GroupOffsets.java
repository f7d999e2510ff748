package io.github.whisperspeedtest.onnx.graph;

import io.github.whisperspeedtest.checkpoint.tensor.GroupedMatrix;

/**
 * The scales and biases of a matrix of groups as the runtime takes them: an element is {@code scale * (code - zeroPoint) + remainder},
 * the zero point a whole number between the codes' bounds.
 *
 * <p>MLX makes {@code bias / scale} a whole number, so that a weight of zero stays zero ({@code affine_quantize} in
 * mlx/backend/cpu/quantized.cpp): nothing would remain if scale and bias were not rounded to the type that they are stored in. Where a
 * bias is something else, such as the group's plain minimum, or codes are all on one side of zero, much remains.
 */
final class GroupOffsets {
    /** The rounding error of 32-bit floats. */
    private static final float NEGLIGIBLE_SHARE_OF_BIAS = 0x1p-23f;

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
            zeroPoints[i] = (byte) zeroPoint;
            remainders[i] = (float) remainder;
            // Negated comparisons keep NaN from being treated as negligible.
            negligible &= Math.abs(remainder) <= Math.abs(bias) * NEGLIGIBLE_SHARE_OF_BIAS;
        }
    }

    /**
     * Decomposes a matrix.
     *
     * @param width bits of a code in the graph, at least as many as in the matrix
     */
    static GroupOffsets of(GroupedMatrix matrix, int width) {
        return new GroupOffsets(matrix, (1 << width) - 1);
    }

    /** Returns the scales, row by row. */
    float[] scales() {
        return scales;
    }

    /** Returns the zero points, unsigned, row by row. */
    byte[] zeroPoints() {
        return zeroPoints;
    }

    /** Returns the remainder of each group, row by row. */
    float[] remainders() {
        return remainders;
    }

    /** Returns whether all remainders are negligible. */
    boolean isNegligible() {
        return negligible;
    }
}
