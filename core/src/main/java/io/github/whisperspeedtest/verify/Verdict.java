package io.github.whisperspeedtest.verify;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The result of checking one model in one place.
 *
 * @param status the verdict
 * @param problem kind of problem, null if none
 * @param reason explanation in full sentences: the file, what was expected and what was found; for a complete model, the check
 *     that was done and anything unusual
 * @param fallback repository or file of the fallback that was found, null if the model itself was found
 * @param where the directories or files that were checked
 * @param contents the regular files that were found, including partial files
 * @param bytesOnDisk total size of the contents in bytes, hard links counted once
 * @param runtime the engine that loaded the model, with its version; null if none did
 * @param took duration of this check
 * @param cached whether the result comes from an earlier check of the same files
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
        boolean cached) {
    /** The verdict. */
    public enum Status {
        /** All files are present and, at level {@link VerifyLevel#LOAD}, the model loads. */
        COMPLETE,
        /** Files are present but incomplete or not loadable. */
        INCOMPLETE,
        /** No files are present. */
        MISSING,
        /** The model is never stored in this place. */
        NOT_APPLICABLE,
        /** The files are present, but this machine cannot check whether they load. */
        NOT_CHECKABLE
    }

    /** Kinds of problems. */
    public enum Problem {
        /** Files are missing, damaged, partial or of the wrong size. */
        FILES,
        /** A file has the wrong hash. */
        HASH,
        /** The implementation refused the files, or their size is implausible for the model. */
        REFUSED,
        /** Loading crashed the process. */
        CRASHED,
        /** Loading exceeded the time limit. */
        TIMED_OUT,
        /** Loading needed more memory than was available. */
        OUT_OF_MEMORY,
        /** The implementation cannot run here. */
        UNAVAILABLE,
        /** The check itself failed, or listing the implementation's models failed. */
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

    /** Returns whether the model in this place is complete. */
    public boolean isComplete() {
        return status == Status.COMPLETE;
    }
}
