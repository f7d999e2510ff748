package io.github.whisperspeedtest.mlx;

import io.github.whisperspeedtest.error.ModelException;
import java.util.List;

/**
 * How MLX's affine quantisation stores the weights of a layer.
 *
 * <p>Source of the sizes: {@code affine_quantize} in mlx/ops.cpp of ml-explore/mlx.
 *
 * @param bits bits of a weight
 * @param groupSize how many weights, one behind the other in a row, share a scale and a bias
 */
record Grouping(int bits, int groupSize) {
    /** MLX's default. */
    static final int DEFAULT_GROUP_SIZE = 64;

    private static final List<Integer> BITS = List.of(2, 3, 4, 5, 6, 8);
    private static final List<Integer> GROUP_SIZES = List.of(32, 64, 128);

    /**
     * Checks that there is such a quantisation.
     *
     * @param file the file that states it, for messages
     * @throws ModelException naming it if MLX has none of these sizes
     */
    void check(String file) {
        if (!BITS.contains(bits) || !GROUP_SIZES.contains(groupSize)) {
            throw new ModelException(file + " cannot be used: its quantisation has " + bits + " bits in groups of "
                    + groupSize + ", but only " + BITS + " bits in groups of " + GROUP_SIZES
                    + " are supported. Use the model in one of those, or as float16.");
        }
    }

    /** Returns what reports call it, such as {@code 4-bit}; a group size other than the usual one stands behind it. */
    String label() {
        return bits + "-bit" + (groupSize == DEFAULT_GROUP_SIZE ? "" : " in groups of " + groupSize);
    }
}
