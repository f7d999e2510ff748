package io.github.whisperspeedtest.hub;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One file of a repository as the hub lists it.
 *
 * @param path its name, with forward slashes
 * @param size bytes of its content
 * @param gitHash git's hash of what git keeps: the content of a small file, a pointer to that of a large one
 * @param sha256 hash of the content of a large file (LFS or Xet), null for a small one
 * @param xetHash what Xet storage calls the content, null if it is not kept there
 */
public record HubFile(
        String path,
        long size,
        String gitHash,
        @Nullable String sha256,
        @Nullable String xetHash) {
    /** Checks that nothing is null that must not be. */
    public HubFile {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(gitHash, "gitHash");
    }

    /** Returns the name that the content has in a cache, which is also what it hashes to. */
    public String blobName() {
        return sha256 == null ? gitHash : sha256;
    }
}
