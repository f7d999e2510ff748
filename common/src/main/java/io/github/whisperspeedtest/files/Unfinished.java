package io.github.whisperspeedtest.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What this process is writing under temporary names, so that a program that ends in the midst of it can take it away. */
public final class Unfinished {
    private static final Logger LOG = LoggerFactory.getLogger(Unfinished.class);

    private static final Set<Path> PATHS = ConcurrentHashMap.newKeySet();

    private Unfinished() {}

    /** Notes a file or directory that is about to be written. */
    public static void add(Path path) {
        PATHS.add(path);
    }

    /** Forgets a file or directory that has got its final name or is deleted. */
    public static void remove(Path path) {
        PATHS.remove(path);
    }

    /** Deletes all that is noted, for a process that ends now; what cannot be deleted stays. */
    public static void deleteAll() {
        for (Path path : PATHS) {
            try {
                FileTrees.delete(path);
            } catch (IOException e) {
                LOG.debug("{} stays", path, e);
            }
        }
    }
}
