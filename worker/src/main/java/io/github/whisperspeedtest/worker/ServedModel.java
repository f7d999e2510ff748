package io.github.whisperspeedtest.worker;

import java.util.Objects;

/**
 * A model that clients may name.
 *
 * @param implementation id of the implementation, such as {@code faster}
 * @param model name of the model, such as {@code base}
 */
public record ServedModel(String implementation, String model) {
    /** Checks that nothing is null. */
    public ServedModel {
        Objects.requireNonNull(implementation, "implementation");
        Objects.requireNonNull(model, "model");
    }

    /** Returns the name in the API, such as {@code faster/base}. */
    public String id() {
        return implementation + "/" + model;
    }
}
