package io.github.whisperspeedtest.provenance;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file that a model was loaded from.
 *
 * @param name its name in the source, such as {@code model.bin}; that of a companion starts with the companion's name and a slash
 * @param path its absolute path on the machine where it was used
 * @param repository the repository on the hub, null if it is not in a hub cache
 * @param commit the commit of the repository, null if it is not in a hub cache
 * @param bytes its size
 * @param sha256 SHA-256 of its content, 64 hexadecimal digits; null if it could not be read
 */
public record UsedFile(
        String name,
        String path,
        @Nullable String repository,
        @Nullable String commit,
        long bytes,
        @Nullable String sha256) {
    /** Checks that only nullable components are null. */
    public UsedFile {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(path, "path");
    }

    /** Returns the repository with the commit and the name, such as {@code owner/name@1a2b3c4d5e6f model.bin}, or else the name alone. */
    public String describe() {
        return describeOr(name);
    }

    /** Returns the repository with the commit and the name, as {@link #describe} does, or else the path. */
    public String location() {
        return describeOr(path);
    }

    private String describeOr(String local) {
        return repository == null || commit == null ? local : repository + "@" + Commits.shorten(commit) + " " + name;
    }

    /** Returns the first digits of the hash for a line of text, {@code unknown} without one. */
    public String shortHash() {
        return sha256 == null ? "unknown" : Commits.shorten(sha256);
    }
}
