package io.github.whisperspeedtest.hub.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Builds the folder of one repository in a Hugging Face cache, complete or broken. */
public final class CacheBuilder {
    private final Path directory;

    /** Starts the folder of a repository, such as {@code google-bert/bert-base-uncased}, in a cache. */
    public CacheBuilder(Path cache, String repository) throws IOException {
        this.directory = cache.resolve("models--" + repository.replace("/", "--"));
        Files.createDirectories(directory.resolve("blobs"));
        Files.createDirectories(directory.resolve("refs"));
        Files.createDirectories(directory.resolve("snapshots"));
    }

    /** Returns a valid commit hash. */
    public static String commit(String seed) {
        return hash("SHA-1", seed.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the sha256 of a content, which is its blob's name. */
    public static String sha256(byte[] content) {
        return hash("SHA-256", content);
    }

    /** Returns the folder of the repository. */
    public Path directory() {
        return directory;
    }

    /** Returns the folder of a snapshot. */
    public Path snapshot(String commit) {
        return directory.resolve("snapshots").resolve(commit);
    }

    /** Points a branch or tag to a commit. */
    public CacheBuilder ref(String name, String commit) throws IOException {
        Path ref = directory.resolve("refs").resolve(name);
        Files.createDirectories(ref.getParent());
        Files.writeString(ref, commit);
        return this;
    }

    /** Writes a blob and links to it from a snapshot. */
    public CacheBuilder linked(String commit, String path, byte[] content) throws IOException {
        Path blob = directory.resolve("blobs").resolve(sha256(content));
        Files.write(blob, content);
        Path file = snapshot(commit).resolve(path);
        Files.createDirectories(file.getParent());
        Files.createSymbolicLink(file, file.getParent().relativize(blob));
        return this;
    }

    /** Writes a file directly into a snapshot, as happens if links are impossible. */
    public CacheBuilder copied(String commit, String path, byte[] content) throws IOException {
        Path file = snapshot(commit).resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
        return this;
    }

    /** Writes a partial file as Python's {@code huggingface_hub} would leave it. */
    public CacheBuilder incomplete(String blobName, byte[] content) throws IOException {
        Files.write(directory.resolve("blobs").resolve(blobName + ".0123abcd.incomplete"), content);
        return this;
    }

    private static String hash(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
