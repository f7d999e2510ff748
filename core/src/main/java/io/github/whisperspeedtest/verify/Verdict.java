package io.github.whisperspeedtest.verify;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a check of one model at one place came to.
 *
 * @param status the verdict
 * @param problem what kind of trouble there is, null where there is none
 * @param reason sentences that name the file, what was expected and what was found; for a complete model what was done, and
 *     what is strange
 * @param fallback the repository or file of the fallback that was found in the model's stead, null where it is the model itself
 * @param where the directories or files that were looked at
 * @param contents the regular files that were found, parts of files included
 * @param bytesOnDisk bytes of the contents, each counted once
 * @param runtime the engine that loaded the model, with its version; null where none did
 * @param took how long this check took
 * @param remembered whether the outcome is one of an earlier check of the same files
 */
public record Verdict(
        Status status,
        @Nullable Problem problem,
        String reason,
        @Nullable String fallback,
        List<Path> where,
        List<Path> contents,
        long bytesOnDisk,
        @Nullable String runtime,
        Duration took,
        boolean remembered) {
    /** The verdict. */
    public enum Status {
        /** Everything is there and, at level {@link VerifyLevel#LOAD}, loads. */
        COMPLETE,
        /** Something is there that does not do. */
        INCOMPLETE,
        /** Nothing is there. */
        MISSING,
        /** The model is never kept at this place. */
        NOT_APPLICABLE,
        /** The files are there, but whether they load cannot be found out on this machine. */
        NOT_CHECKABLE
    }

    /** Kinds of trouble. */
    public enum Problem {
        /** Files are missing, broken, partial or of the wrong size. */
        FILES,
        /** A content does not hash to what it should. */
        HASH,
        /** The implementation refused the files, or their sizes are not those of such a model. */
        REFUSED,
        /** Loading ended the process. */
        CRASHED,
        /** Loading did not end in time. */
        TIMED_OUT,
        /** Loading needed more memory than there was. */
        OUT_OF_MEMORY,
        /** The implementation cannot run here. */
        UNAVAILABLE,
        /** The check itself failed, or the implementation's list of models. */
        FAILED
    }

    /** Copies the lists. */
    public Verdict {
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(took, "took");
        where = List.copyOf(where);
        contents = List.copyOf(contents);
    }

    /** Returns whether the model can be used from this place. */
    public boolean isComplete() {
        return status == Status.COMPLETE;
    }
}
