package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.hub.ContentHash;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file of a model on this machine.
 *
 * @param name its name in the source, with forward slashes
 * @param file the path that a loader opens; a link in a Hugging Face cache
 * @param content the regular file that the link points to
 * @param size size of the content in bytes
 * @param modified modification time of the content
 * @param blobName name of the blob in a Hugging Face cache, null for a plain file
 * @param hash expected hash of the content: 64 hexadecimal digits of a SHA-256, or 40 of a git blob hash; null if
 *     unknown
 */
public record ModelFile(
        String name,
        Path file,
        Path content,
        long size,
        Instant modified,
        @Nullable String blobName,
        @Nullable String hash) {
    /** Checks that only nullable components are null. */
    public ModelFile {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(content, "content");
        Objects.requireNonNull(modified, "modified");
    }

    /**
     * Reads the content and returns its hash, of the same kind as {@link #hash()}.
     *
     * @throws IOException if it cannot be read
     * @throws NullPointerException if {@link #hash()} is null
     */
    public String actualHash() throws IOException {
        return new ContentHash(Objects.requireNonNull(hash, "hash")).compute(content);
    }

    /** Returns whether the content is readable and matches the expected hash, if one is known. */
    boolean isIntact() {
        try {
            return hash == null || actualHash().equals(hash);
        } catch (IOException e) {
            return false;
        }
    }
}
