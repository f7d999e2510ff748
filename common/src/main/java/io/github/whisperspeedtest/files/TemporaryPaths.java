package io.github.whisperspeedtest.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tracks the temporary files and directories of this process, so that they can be deleted when it exits early. */
public final class TemporaryPaths {
    private static final Logger LOG = LoggerFactory.getLogger(TemporaryPaths.class);

    private static final Set<Path> PATHS = ConcurrentHashMap.newKeySet();

    private TemporaryPaths() {}

    /** Registers a file or directory that is about to be written. */
    public static void add(Path path) {
        PATHS.add(path);
    }

    /** Unregisters a file or directory that was moved to its final name or deleted. */
    public static void remove(Path path) {
        PATHS.remove(path);
    }

    /** Deletes all registered paths before the process exits. Paths that cannot be deleted are left in place. */
    public static void deleteAll() {
        for (Path path : PATHS) {
            try {
                FileTrees.delete(path);
            } catch (IOException e) {
                LOG.debug("Cannot delete {}", path, e);
            }
        }
    }
}
