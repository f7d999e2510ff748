package io.github.whisperspeedtest.spi;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * What to build an engine from, and how.
 *
 * @param source directory of the source code
 * @param jobs number of files to compile at the same time, at least 1
 * @param options options for the build tool, such as {@code -DGGML_BLAS=ON}; they override those of the builder
 */
public record EngineBuildRequest(Path source, int jobs, List<String> options) {
    /** Checks the values and copies the list. */
    public EngineBuildRequest {
        Objects.requireNonNull(source, "source");
        options = List.copyOf(options);
        if (jobs < 1) {
            throw new IllegalArgumentException("jobs must be at least 1, but was " + jobs);
        }
    }
}
