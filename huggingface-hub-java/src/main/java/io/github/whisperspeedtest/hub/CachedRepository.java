package io.github.whisperspeedtest.hub;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * One repository in a cache.
 *
 * @param type {@code model}, {@code dataset}, {@code space} or {@code kernel}
 * @param repository its name on the hub, such as {@code google-bert/bert-base-uncased}
 * @param directory its folder in the cache
 * @param snapshots what is there, newest first
 * @param refs commits by the branch or tag that stood for them when they were fetched
 * @param incompleteFiles parts of blobs
 * @param sizeOnDisk bytes of the files that its snapshots hold, each counted once; partial files not included
 */
public record CachedRepository(
        String type,
        String repository,
        Path directory,
        List<Snapshot> snapshots,
        Map<String, String> refs,
        List<IncompleteFile> incompleteFiles,
        long sizeOnDisk) {
    /** Copies the collections. */
    public CachedRepository {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(repository, "repository");
        Objects.requireNonNull(directory, "directory");
        snapshots = List.copyOf(snapshots);
        refs = Collections.unmodifiableMap(new TreeMap<>(refs));
        incompleteFiles = List.copyOf(incompleteFiles);
    }
}
