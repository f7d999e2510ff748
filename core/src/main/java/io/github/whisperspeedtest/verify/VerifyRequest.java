package io.github.whisperspeedtest.verify;

import io.github.whisperspeedtest.model.ModelPlace;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelInfo;
import java.util.Objects;

/**
 * One thing to check.
 *
 * @param implementation who is to load the model
 * @param model the model
 * @param place where the model is looked for
 */
public record VerifyRequest(Implementation implementation, ModelInfo model, ModelPlace place) {
    /** Checks that nothing is null. */
    public VerifyRequest {
        Objects.requireNonNull(implementation, "implementation");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(place, "place");
    }
}
