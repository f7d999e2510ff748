package io.github.whisperspeedtest.convert;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A model that was converted and is in its place.
 *
 * @param name what it is called
 * @param quantization how its weights are stored
 * @param directory where it is
 * @param bytes size of its files
 * @param doubt why it could not be loaded on this machine, as sentences; null where it was
 */
public record ConvertedModel(
        String name,
        String quantization,
        Path directory,
        long bytes,
        @Nullable String doubt) {
    /** Checks that nothing is null that must not be. */
    public ConvertedModel {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(quantization, "quantization");
        Objects.requireNonNull(directory, "directory");
    }
}
