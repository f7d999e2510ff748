package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.hub.ContentHash;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file of a model, as it was found.
 *
 * @param name the name that it has in its source, with forward slashes
 * @param file where a loader opens it; a link in a Hugging Face cache
 * @param content the regular file that this leads to
 * @param size bytes of the content
 * @param modified when the content was last written
 * @param blobName name of the blob in a Hugging Face cache, null for a plain file
 * @param hash what the content must hash to: 64 hexadecimal digits of a sha256, or 40 of git's hash of a blob; null where
 *     nothing on this machine tells
 */
public record ModelFile(
        String name,
        Path file,
        Path content,
        long size,
        Instant modified,
        @Nullable String blobName,
        @Nullable String hash) {
    /** Checks that nothing is null that must not be. */
    public ModelFile {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(content, "content");
        Objects.requireNonNull(modified, "modified");
    }

    /**
     * Reads the content and returns its hash, of the kind that {@link #hash()} is of.
     *
     * @throws IOException if it cannot be read
     * @throws NullPointerException if {@link #hash()} is null
     */
    public String actualHash() throws IOException {
        return new ContentHash(Objects.requireNonNull(hash, "hash")).compute(content);
    }

    /** Returns whether the content can be read and hashes to what it must, as far as that is known. */
    boolean isIntact() {
        try {
            return hash == null || actualHash().equals(hash);
        } catch (IOException e) {
            return false;
        }
    }
}
