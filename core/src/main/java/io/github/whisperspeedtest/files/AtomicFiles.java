package io.github.whisperspeedtest.files;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Writes files that whoever reads finds whole: with the old content or with the new one. */
public final class AtomicFiles {
    private AtomicFiles() {}

    /**
     * Writes a file, and its directory where there is none.
     *
     * <p>The content goes under a name of its own first and then in one move, so several processes may write the same file. Where the
     * file system has no atomic move, a plain one does. A link keeps pointing to the file it points to. What is no file, such as
     * {@code /dev/null} or a pipe, is written to and not replaced.
     *
     * @throws IOException if the disk fails; nothing is left behind then
     */
    public static void write(Path file, byte[] content) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            Files.write(file, content, StandardOpenOption.WRITE);
            return;
        }
        Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        Files.createDirectories(target.getParent());
        // Not createTempFile: that one would be readable for its owner only, and so would the file.
        Path partial = target.resolveSibling("." + target.getFileName() + "-" + UUID.randomUUID() + ".partial");
        try {
            Files.write(partial, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            try {
                Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(partial);
        }
    }
}
