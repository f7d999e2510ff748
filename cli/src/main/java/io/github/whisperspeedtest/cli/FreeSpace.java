package io.github.whisperspeedtest.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Free space of disks. */
final class FreeSpace {
    private FreeSpace() {}

    /** Returns the free bytes at a directory, which need not exist yet; -1 where that is unknown. */
    static long at(Path directory) {
        for (Path path = directory.toAbsolutePath(); path != null; path = path.getParent()) {
            if (Files.isDirectory(path)) {
                try {
                    return Files.getFileStore(path).getUsableSpace();
                } catch (IOException e) {
                    return -1;
                }
            }
        }
        return -1;
    }
}
