package io.github.whisperspeedtest.hub;

import java.time.Duration;

/** Receives the progress of a download, on the thread that called it and about ten times a second. */
public interface DownloadListener {
    /** A listener that does nothing. */
    DownloadListener SILENT = progress -> {};

    /** Receives the progress: at the start, regularly even if no bytes arrive, and at the end. */
    void progressed(DownloadProgress progress);

    /**
     * Receives that an attempt at a file failed and another will follow.
     *
     * @param file name of the file
     * @param reason what went wrong, as half a sentence
     * @param wait time until the next attempt
     */
    default void retrying(String file, String reason, Duration wait) {}
}
