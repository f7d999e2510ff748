package io.github.whisperspeedtest.hub;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The content of a cache.
 *
 * @param root the cache
 * @param repositories sorted by type and name
 * @param sizeOnDisk bytes of all files in snapshots, each counted once even if several repositories share it
 * @param warnings what is strange or broken; never a reason to leave out the rest
 */
public record CacheScan(Path root, List<CachedRepository> repositories, long sizeOnDisk, List<Warning> warnings) {
    /**
     * Something in a cache that does not belong there or leads to nothing.
     *
     * @param path where it is
     * @param message what is wrong, as half a sentence that follows the path
     */
    public record Warning(Path path, String message) {
        /** Checks that nothing is null. */
        public Warning {
            Objects.requireNonNull(path, "path");
            Objects.requireNonNull(message, "message");
        }
    }

    /** Copies the lists. */
    public CacheScan {
        Objects.requireNonNull(root, "root");
        repositories = List.copyOf(repositories);
        warnings = List.copyOf(warnings);
    }
}
