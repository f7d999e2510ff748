package io.github.whisperspeedtest.hub;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The files of a download, those that are missing, and where they belong.
 *
 * @param repository name of the repository
 * @param revision the branch, tag or commit that was asked for
 * @param tree everything that the repository holds at the commit that the revision stands for
 * @param files the files that were asked for
 * @param missing those of them that are not in the cache, or not in full
 * @param directory the snapshot that they belong into
 * @param bytesToFetch bytes that must come over the network; what an earlier run left is taken off
 */
public record DownloadPlan(
        String repository,
        String revision,
        HubTree tree,
        List<HubFile> files,
        List<HubFile> missing,
        Path directory,
        long bytesToFetch) {
    /** Copies the lists. */
    public DownloadPlan {
        Objects.requireNonNull(repository, "repository");
        Objects.requireNonNull(revision, "revision");
        Objects.requireNonNull(tree, "tree");
        Objects.requireNonNull(directory, "directory");
        files = List.copyOf(files);
        missing = List.copyOf(missing);
    }

    /** Returns the commit that the revision stands for. */
    public String commit() {
        return tree.commit();
    }

    /** Returns the size of all files that were asked for, in bytes. */
    public long totalBytes() {
        return files.stream().mapToLong(HubFile::size).sum();
    }

    /** Returns where the files are once the plan is carried out, by their name in the repository. */
    public Map<String, Path> paths() {
        Map<String, Path> paths = new LinkedHashMap<>();
        files.forEach(file -> paths.put(file.path(), HubNames.resolve(directory, file.path())));
        return Collections.unmodifiableMap(paths);
    }
}
