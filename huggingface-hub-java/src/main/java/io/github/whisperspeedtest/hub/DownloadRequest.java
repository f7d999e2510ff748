package io.github.whisperspeedtest.hub;

import java.util.List;
import java.util.Objects;

/**
 * The files of a repository to download.
 *
 * @param repository {@code owner/name}
 * @param revision branch, tag or commit
 * @param files patterns for paths inside the repository, as {@link FilePattern#of} takes them
 */
public record DownloadRequest(String repository, String revision, List<String> files) {
    /** Copies the list. */
    public DownloadRequest {
        Objects.requireNonNull(repository, "repository");
        Objects.requireNonNull(revision, "revision");
        files = List.copyOf(files);
    }

    /** Returns a request for files of the branch {@code main}. */
    public static DownloadRequest of(String repository, String... files) {
        return new DownloadRequest(repository, "main", List.of(files));
    }
}
