package io.github.whisperspeedtest.onnx;

import java.util.Objects;

/**
 * How a network is to be loaded.
 *
 * @param precision how weights are held
 * @param threads threads to compute with, at least 1
 */
public record OnnxOptions(Precision precision, int threads) {
    /** Checks that nothing is null. */
    public OnnxOptions {
        Objects.requireNonNull(precision, "precision");
    }
}
