package io.github.whisperspeedtest.convert;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A conversion of a model into the format of an implementation.
 *
 * @param source path of a file or directory; {@code implementation:model}, such as {@code faster:tiny}; {@code micro}; or a random
 *     model, such as {@code random-tiny}
 * @param implementation id of the implementation that defines the target format
 * @param quantization a quantization of the implementation's writer, null for the default
 * @param name name of the new model, null for the name of the source and the quantization
 * @param replace whether to replace a converted model of the same name
 */
public record Conversion(
        String source,
        String implementation,
        @Nullable String quantization,
        @Nullable String name,
        boolean replace) {
    /** Checks that source and implementation are not null. */
    public Conversion {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(implementation, "implementation");
    }
}
