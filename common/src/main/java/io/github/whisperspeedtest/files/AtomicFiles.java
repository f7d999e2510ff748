package io.github.whisperspeedtest.files;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Writes files that whoever reads finds whole: with the old content or with the new one. */
public final class AtomicFiles {
    private static final String PARTIAL = ".partial";

    private AtomicFiles() {}

    /** Creates a file that takes the place of another once it is whole. */
    @FunctionalInterface
    interface Content {
        /** Creates the file and writes it. */
        void writeTo(Path partial) throws IOException;
    }

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
        replace(
                Files.exists(file) ? file.toRealPath() : file.toAbsolutePath(),
                partial -> Files.write(partial, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    /** Puts a new file in the place of what is there. */
    static void replace(Path target, Content content) throws IOException {
        Files.createDirectories(target.getParent());
        // Not createTempFile: that one would be readable for its owner only, and so would the file.
        Path partial = target.resolveSibling(hiddenName() + PARTIAL);
        Unfinished.add(partial);
        try {
            content.writeTo(partial);
            try {
                Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(partial);
            Unfinished.remove(partial);
        }
    }

    /**
     * Returns the name of a file or directory that is written beside the one it will become: hidden, never the same twice, and short, so
     * that every file system has room for it that has room for the final name (ext4 ends at 255 bytes, eCryptfs at 143).
     */
    public static String hiddenName() {
        return "." + UUID.randomUUID();
    }

    /** Deletes what killed processes have left in a directory; nobody may be writing there. */
    static void deleteRemains(Path directory) throws IOException {
        try (DirectoryStream<Path> partials = Files.newDirectoryStream(directory, ".*" + PARTIAL)) {
            for (Path partial : partials) {
                Files.deleteIfExists(partial);
            }
        }
    }
}
