package io.github.whisperspeedtest.hub;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One file of a snapshot.
 *
 * @param path its name in the repository, with forward slashes
 * @param file where the snapshot has it: a link, or the file itself where links are impossible
 * @param content the regular file that this leads to, or null if there is none
 * @param size bytes of the content, 0 if there is none
 * @param blobName name of the blob: the sha256 of a large file, the git hash of a small one; null for a file that is no
 *     link into the repository's blobs
 * @param problem why the content cannot be read, such as a broken link; null if it can
 */
public record SnapshotFile(
        String path,
        Path file,
        @Nullable Path content,
        long size,
        @Nullable String blobName,
        @Nullable String problem) {
    /** Checks that nothing is null that must not be. */
    public SnapshotFile {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(file, "file");
        if ((content == null) == (problem == null)) {
            throw new IllegalArgumentException("A file has either content or a problem: " + file);
        }
    }

    /** Returns whether there is nothing to read. */
    public boolean isBroken() {
        return problem != null;
    }
}
