package io.github.whisperspeedtest.convert;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A converted model in the models directory.
 *
 * @param name its name
 * @param quantization how its weights are stored
 * @param directory its directory
 * @param bytes total size of its files
 * @param loadProblem why the model was not loaded on this machine, as sentences; null if it was loaded
 */
public record ConvertedModel(
        String name,
        String quantization,
        Path directory,
        long bytes,
        @Nullable String loadProblem) {
    /** Checks that name, quantization and directory are not null. */
    public ConvertedModel {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(quantization, "quantization");
        Objects.requireNonNull(directory, "directory");
    }
}
