package io.github.whisperspeedtest.verify;

import io.github.whisperspeedtest.model.ModelPlace;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelInfo;
import java.util.Objects;

/**
 * One model to check in one place.
 *
 * @param implementation the implementation that loads the model
 * @param model the model
 * @param place the place to check
 */
public record VerifyRequest(Implementation implementation, ModelInfo model, ModelPlace place) {
    /** Checks that nothing is null. */
    public VerifyRequest {
        Objects.requireNonNull(implementation, "implementation");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(place, "place");
    }
}
