package io.github.whisperspeedtest.spi;

import java.nio.file.Path;
import java.util.Objects;

/**
 * An engine that the user has built.
 *
 * @param version the version of its source code, such as {@code 1.9.3}
 * @param directory the directory with all its libraries
 */
public record BuiltEngine(String version, Path directory) {
    /** Checks that nothing is null. */
    public BuiltEngine {
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(directory, "directory");
    }
}
