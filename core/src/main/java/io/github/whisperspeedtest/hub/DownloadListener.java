package io.github.whisperspeedtest.hub;

import java.time.Duration;

/** Follows a download. Calls come on the thread that asked for it, some ten times a second. */
public interface DownloadListener {
    /** A listener that nobody hears of anything from. */
    DownloadListener SILENT = progress -> {};

    /** Tells how far the download is: at the start, again and again also if nothing moves, and at the end. */
    void progressed(DownloadProgress progress);

    /**
     * Tells that an attempt at a file failed and another follows.
     *
     * @param file name of the file
     * @param reason what went wrong, as half a sentence
     * @param wait time until the next attempt
     */
    default void retrying(String file, String reason, Duration wait) {}
}
