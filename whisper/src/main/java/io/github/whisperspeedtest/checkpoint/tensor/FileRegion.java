package io.github.whisperspeedtest.checkpoint.tensor;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A stretch of a file.
 *
 * @param file the file
 * @param offset where it begins, in bytes
 * @param length how long it is, in bytes
 */
public record FileRegion(Path file, long offset, int length) {
    /** Checks the numbers. */
    public FileRegion {
        Objects.requireNonNull(file, "file");
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException("A file has no region of " + length + " bytes at " + offset);
        }
    }
}
