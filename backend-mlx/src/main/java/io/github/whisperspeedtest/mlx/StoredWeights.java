package io.github.whisperspeedtest.mlx;

import io.github.whisperspeedtest.checkpoint.tensor.GroupedMatrix;

/**
 * How a model's weights are stored, to say in reports what became of them.
 *
 * @param bits of those that are quantised, such as {@code 4-bit}; empty where none is
 * @param type all that the matrices are stored as, such as {@code 4-bit and float16}
 */
record StoredWeights(String bits, String type) {
    StoredWeights(MlxCheckpoint model) {
        this(GroupedMatrix.describe(model.checkpoint().tensors().values()), model.weightType());
    }

    boolean areQuantized() {
        return !bits.isEmpty();
    }

    /** Returns the compute type of an engine that keeps quantised weights and makes others of the given type. */
    String keptOr(String other) {
        return areQuantized() ? bits : madeInto(other);
    }

    /** Returns the compute type of an engine that makes weights of the given type of them. */
    String madeInto(String other) {
        return other.equals(type) ? other : other + " (from " + type + ")";
    }
}
