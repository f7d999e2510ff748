package io.github.whisperspeedtest.hub;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.Locale;

/** Free space, and the exceptions for failures of the disk. */
final class Disk {
    private Disk() {}

    /** The free space at a path; a test can replace it. */
    interface Space {
        long usableBytes(Path directory) throws IOException;

        /** Returns what the system says. */
        static Space real() {
            return FreeSpace::at;
        }
    }

    /** Throws if bytes that are still to come have no room. */
    static void checkSpace(Space space, Path directory, long bytes) {
        long free;
        try {
            free = space.usableBytes(directory);
        } catch (IOException e) {
            return;
        }
        if (free < bytes) {
            throw new HubException(
                    HubException.Reason.DISK,
                    "There is no room for the download: it needs " + megabytes(bytes) + " more in " + directory
                            + ", where " + megabytes(free) + " are free.",
                    "Free some space, or choose another place (HF_HUB_CACHE for the Hugging Face cache).");
        }
    }

    /** Returns the exception for a failure of the disk. */
    static HubException failure(String what, Path path, IOException cause) {
        return new HubException(
                HubException.Reason.DISK,
                "Cannot write " + what + " to " + path + ": " + Failures.reason(cause) + ".",
                "Check who may write there and how much space is left.",
                cause);
    }

    /** Returns the exception for a failure of the disk, unless the thread was interrupted, which looks like one. */
    static HubException failureUnlessInterrupted(String what, Path path, IOException cause)
            throws InterruptedException {
        if (cause instanceof ClosedByInterruptException) {
            // The channel has left the flag set; the exception takes its place.
            Thread.interrupted();
            throw new InterruptedException();
        }
        return failure(what, path, cause);
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
