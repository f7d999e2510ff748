package io.github.whisperspeedtest.mlx;

import io.github.whisperspeedtest.checkpoint.tensor.GroupedMatrix;

/**
 * The storage of a model's weights, for notes in reports.
 *
 * @param bits bits of the quantized weights, such as {@code 4-bit}; empty if none is quantized
 * @param type all storage types of the matrices, such as {@code 4-bit and float16}
 */
record StoredWeights(String bits, String type) {
    StoredWeights(MlxCheckpoint model) {
        this(GroupedMatrix.describe(model.checkpoint().tensors().values()), model.weightType());
    }

    boolean areQuantized() {
        return !bits.isEmpty();
    }

    /** Returns the compute type of an engine that keeps quantized weights and converts others to the given type. */
    String keptOr(String other) {
        return areQuantized() ? bits : convertedTo(other);
    }

    /** Returns the compute type of an engine that converts weights to the given type. */
    String convertedTo(String other) {
        return other.equals(type) ? other : other + " (from " + type + ")";
    }
}
