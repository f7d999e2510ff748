package io.github.whisperspeedtest.provenance;

import java.nio.file.Path;

/** Receives the progress of hashing, which takes seconds for a large file. */
@FunctionalInterface
public interface HashProgress {
    /**
     * Called about once a second while a file is read.
     *
     * @param file the file
     * @param fraction the part of it that was read, 0 to 1
     */
    void onProgress(Path file, double fraction);
}
