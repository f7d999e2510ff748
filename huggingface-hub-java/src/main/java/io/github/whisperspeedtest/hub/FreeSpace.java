package io.github.whisperspeedtest.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The free space of file systems. */
public final class FreeSpace {
    private FreeSpace() {}

    /**
     * Returns how many bytes this user can write below a directory, which need not exist yet: its nearest parent that exists is asked.
     *
     * @throws IOException if the system does not tell
     */
    public static long at(Path directory) throws IOException {
        for (Path path = directory.toAbsolutePath(); path != null; path = path.getParent()) {
            if (Files.exists(path)) {
                return Files.getFileStore(path).getUsableSpace();
            }
        }
        throw new NoSuchFileException(directory.toString());
    }
}
