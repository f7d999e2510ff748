package io.github.whisperspeedtest.hub;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Part of a blob, left by a download that is running or was broken off.
 *
 * @param file the partial file
 * @param blobName the blob that it was to become
 * @param size bytes that are there
 */
public record IncompleteFile(Path file, String blobName, long size) {
    /** Ends the names of partial files. */
    static final String SUFFIX = ".incomplete";

    /** Checks that nothing is null. */
    public IncompleteFile {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(blobName, "blobName");
    }

    /** Returns the blob that a partial file of that name is for: what stands before the first dot. */
    static String blobNameOf(String fileName) {
        int dot = fileName.indexOf('.');
        return dot < 0 ? fileName : fileName.substring(0, dot);
    }
}
