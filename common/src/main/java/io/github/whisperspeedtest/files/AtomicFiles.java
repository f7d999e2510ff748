package io.github.whisperspeedtest.files;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Writes files atomically: a concurrent reader sees either the old content or the new one. */
public final class AtomicFiles {
    private static final String PARTIAL = ".partial";

    private AtomicFiles() {}

    /** Writes the content of a file that {@link #replace} then moves to its final name. */
    @FunctionalInterface
    interface Content {
        /** Creates the file and writes its content. */
        void writeTo(Path partial) throws IOException;
    }

    /**
     * Writes a file and creates its directory if it does not exist.
     *
     * <p>The content is written to a temporary file and then moved into place, so several processes may write the same
     * file. If the file system does not support atomic moves, an ordinary move is used. A symbolic link is kept; its
     * target is replaced. A target that is not a regular file, such as {@code /dev/null} or a pipe, is written to and
     * not replaced.
     *
     * @throws IOException if writing fails; the temporary file is deleted
     */
    public static void write(Path file, byte[] content) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            Files.write(file, content, StandardOpenOption.WRITE);
            return;
        }
        replace(
                Files.exists(file) ? file.toRealPath() : file.toAbsolutePath(),
                partial -> Files.write(partial, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    /** Replaces the target by a new file. */
    static void replace(Path target, Content content) throws IOException {
        Files.createDirectories(target.getParent());
        // createTempFile would make the file readable only by its owner.
        Path partial = target.resolveSibling(hiddenName() + PARTIAL);
        TemporaryPaths.add(partial);
        try {
            content.writeTo(partial);
            try {
                Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(partial);
            TemporaryPaths.remove(partial);
        }
    }

    /**
     * Returns a unique hidden name for a temporary file or directory beside its final location. The name is short, so
     * it fits every file system that can hold the final name (limits: ext4 255 bytes, eCryptfs 143 bytes).
     */
    public static String hiddenName() {
        return "." + UUID.randomUUID();
    }

    /** Deletes the temporary files that killed processes left in a directory. No other process may be writing there. */
    static void deleteRemains(Path directory) throws IOException {
        try (DirectoryStream<Path> partials = Files.newDirectoryStream(directory, ".*" + PARTIAL)) {
            for (Path partial : partials) {
                Files.deleteIfExists(partial);
            }
        }
    }
}
