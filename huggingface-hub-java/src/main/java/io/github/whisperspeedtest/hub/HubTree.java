package io.github.whisperspeedtest.hub;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * All files of a repository at one commit.
 *
 * @param commit hash of the commit
 * @param files files by name, in the order of the listing
 */
public record HubTree(String commit, Map<String, HubFile> files) {
    /** Copies the map, keeping its order. */
    public HubTree {
        Objects.requireNonNull(commit, "commit");
        files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
    }

    /** Returns whether the size of every file is known, as a server without listings tells only those of the files asked for. */
    public boolean isWhole() {
        return files.values().stream().allMatch(file -> file.size() >= 0);
    }

    /**
     * Returns the files whose name fits a pattern.
     *
     * @param pattern what {@link FilePattern#of} takes
     */
    public List<HubFile> matching(String pattern) {
        return matching(FilePattern.of(pattern));
    }

    /** Returns the files whose name fits any of the patterns. */
    List<HubFile> matchingAny(List<String> patterns) {
        return patterns.stream()
                .flatMap(pattern -> matching(pattern).stream())
                .distinct()
                .toList();
    }

    /** Returns the files whose name fits a pattern. */
    public List<HubFile> matching(FilePattern pattern) {
        return pattern.select(files.keySet()).stream().map(files::get).toList();
    }
}
