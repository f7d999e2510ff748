package io.github.whisperspeedtest.cli;

import java.io.IOException;
import java.nio.file.Path;

/** Free space of disks. */
final class FreeSpace {
    private FreeSpace() {}

    /** Returns the free bytes at a directory, which need not exist yet; -1 where that is unknown. */
    static long at(Path directory) {
        try {
            return io.github.whisperspeedtest.hub.FreeSpace.at(directory);
        } catch (IOException e) {
            return -1;
        }
    }
}
