package io.github.whisperspeedtest.hub;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The result of hashing one file of a snapshot.
 *
 * @param file the file
 * @param result whether the content is right
 * @param expected the expected hash, or null if neither a listing nor the name of the blob tells it
 * @param actual the hash of the content, or null if it was not computed
 */
public record FileCheck(
        SnapshotFile file,
        Result result,
        @Nullable String expected,
        @Nullable String actual) {
    /** Whether the content of a file is right. */
    public enum Result {
        /** The content has the expected hash. */
        OK,
        /** The content has another hash. */
        CORRUPT,
        /** The content cannot be read, for example because a link leads nowhere. */
        UNREADABLE,
        /** The expected hash is unknown. */
        UNKNOWN
    }

    /** Checks that the file and the result are not null. */
    public FileCheck {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(result, "result");
    }
}
