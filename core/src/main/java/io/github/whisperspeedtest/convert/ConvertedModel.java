package io.github.whisperspeedtest.convert;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A converted model in the models directory.
 *
 * @param name its name
 * @param quantization how its weights are stored
 * @param directory its directory
 * @param bytes total size of its files
 * @param notes what the conversion did to the weights beyond writing them in the new type, as clauses such as {@code the weights
 *     were dequantised from q5_0}; usually empty
 * @param loadProblem why the model was not loaded on this machine, as sentences; null if it was loaded
 */
public record ConvertedModel(
        String name,
        String quantization,
        Path directory,
        long bytes,
        List<String> notes,
        @Nullable String loadProblem) {
    /** Checks that name, quantization and directory are not null, and copies the notes. */
    public ConvertedModel {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(quantization, "quantization");
        Objects.requireNonNull(directory, "directory");
        notes = List.copyOf(notes);
    }
}
