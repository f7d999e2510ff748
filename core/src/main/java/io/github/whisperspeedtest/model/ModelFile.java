package io.github.whisperspeedtest.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
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
    private static final int GIT_DIGITS = 40;
    private static final int BUFFER = 1 << 20;

    /** Checks that nothing is null that must not be. */
    public ModelFile {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(content, "content");
        Objects.requireNonNull(modified, "modified");
    }

    /**
     * Reads the content and returns its hash, of the kind that {@link #hash()} is of: the sha256, or git's hash of a blob, which is
     * the SHA-1 of {@code blob <size>\0} and the content.
     *
     * @throws IOException if it cannot be read
     */
    public String actualHash() throws IOException {
        boolean git = hash != null && hash.length() == GIT_DIGITS;
        try (InputStream in = Files.newInputStream(content)) {
            MessageDigest digest = MessageDigest.getInstance(git ? "SHA-1" : "SHA-256");
            if (git) {
                digest.update(("blob " + Files.size(content) + "\0").getBytes(StandardCharsets.US_ASCII));
            }
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-1 and SHA-256", e);
        }
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
