package io.github.whisperspeedtest.convert;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is to be converted into what.
 *
 * @param source path of a file or directory; {@code implementation:model}, such as {@code faster:tiny}; {@code micro}; or a model
 *     with random weights, such as {@code random-tiny}
 * @param implementation id of the implementation whose format is wanted
 * @param quantization one that its writer has, null for its default
 * @param name what the new model is to be called, null for the source's name and the quantisation
 * @param replace whether a converted model of that name may be replaced
 */
public record Conversion(
        String source,
        String implementation,
        @Nullable String quantization,
        @Nullable String name,
        boolean replace) {
    /** Checks that nothing is null that must not be. */
    public Conversion {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(implementation, "implementation");
    }
}
