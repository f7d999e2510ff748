package io.github.whisperspeedtest.hub;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The files of a repository at one commit that are in a cache; not necessarily all of them.
 *
 * @param repository name of the repository, such as {@code google-bert/bert-base-uncased}
 * @param commit name of the snapshot's folder, which is the commit's hash
 * @param directory that folder
 * @param files files by their name in the repository, sorted
 * @param modified when a file was last put into it
 */
public record Snapshot(
        String repository, String commit, Path directory, Map<String, SnapshotFile> files, Instant modified) {
    /** Copies the map, keeping its order. */
    public Snapshot {
        Objects.requireNonNull(repository, "repository");
        Objects.requireNonNull(commit, "commit");
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(modified, "modified");
        files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
    }

    /** Returns the files that lead to nothing. */
    public List<SnapshotFile> brokenFiles() {
        return files.values().stream().filter(SnapshotFile::isBroken).toList();
    }
}
