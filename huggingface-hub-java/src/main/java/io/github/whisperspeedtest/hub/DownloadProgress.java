package io.github.whisperspeedtest.hub;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a download.
 *
 * @param files every file that is fetched, in the order of the repository
 * @param bytes bytes on disk, those of an earlier run included
 * @param totalBytes bytes when all is done, or -1 while a server has not told the size of a file
 * @param bytesPerSecond rate of the last seconds; 0 until it is known
 * @param remaining time until the end at that rate, or null while it cannot be told
 */
public record DownloadProgress(
        List<File> files,
        long bytes,
        long totalBytes,
        double bytesPerSecond,
        @Nullable Duration remaining) {
    /** What happens to a file. */
    public enum State {
        /** Its turn has not come. */
        WAITING,
        /** Its bytes arrive, or another process fetches it. */
        DOWNLOADING,
        /** Its hash is computed. */
        VERIFYING,
        /** It is in its place. */
        DONE
    }

    /**
     * The progress of one file.
     *
     * @param name its name in the repository
     * @param bytes bytes on disk
     * @param totalBytes its size, or -1 if the server has not told
     * @param state what happens to it
     */
    public record File(String name, long bytes, long totalBytes, State state) {
        /** Checks that nothing is null. */
        public File {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(state, "state");
        }
    }

    /** Copies the list. */
    public DownloadProgress {
        files = List.copyOf(files);
    }
}
