package io.github.whisperspeedtest.dataset;

import io.github.whisperspeedtest.audio.AudioExtensions;
import io.github.whisperspeedtest.files.DiskErrors;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Recordings and texts below a directory. Links are followed, hidden files and directories are left out. */
final class RecordingTree {
    private static final String TEXT = "txt";

    private final Path root;
    private final List<Path> recordings = new ArrayList<>();
    private final List<Path> texts = new ArrayList<>();

    private RecordingTree(Path root) {
        this.root = root;
    }

    /**
     * Searches a directory.
     *
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if a directory cannot be read, or a link leads to nothing or
     *     to a directory above
     */
    static RecordingTree of(Path directory) {
        RecordingTree tree = new RecordingTree(directory);
        try {
            Files.walkFileTree(
                    directory, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, tree.new Visitor());
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
        return tree;
    }

    List<Path> recordings() {
        return recordings;
    }

    List<Path> texts() {
        return texts;
    }

    /** Returns the path below the directory, separated by {@code /}. */
    String nameOf(Path file) {
        return name(root, file);
    }

    /** Returns the path relative to a directory, separated by {@code /}. */
    static String name(Path directory, Path file) {
        Path from = directory.toAbsolutePath().normalize();
        Path to = file.toAbsolutePath().normalize();
        boolean related = from.getRoot() != null && from.getRoot().equals(to.getRoot());
        return (related ? from.relativize(to) : to)
                .toString()
                .replace(to.getFileSystem().getSeparator(), "/");
    }

    /** Returns the path without the extension of the file, by which recordings and texts belong together. */
    static Path stem(Path file) {
        String name = file.getFileName().toString();
        return file.resolveSibling(
                name.substring(0, name.length() - AudioExtensions.of(file).length() - 1));
    }

    private static RuntimeException unreadable(Path path, IOException cause) {
        return TextFile.refused(
                "Cannot read " + path + ": " + DiskErrors.reason(cause)
                        + ". Check the links and permissions in the data set.",
                cause);
    }

    private static boolean isHidden(Path path) {
        return String.valueOf(path.getFileName()).startsWith(".");
    }

    private final class Visitor extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            return isHidden(path) && !path.equals(root) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            boolean text = AudioExtensions.of(file).equals(TEXT);
            if (isHidden(file) || !text && !AudioExtensions.isAudio(file)) {
                return FileVisitResult.CONTINUE;
            }
            if (!attributes.isRegularFile()) {
                throw TextFile.refused(
                        "Cannot read " + file + ": it is "
                                + (attributes.isSymbolicLink() ? "a link to nothing" : "not a file")
                                + ". Remove it from the data set.",
                        null);
            }
            (text ? texts : recordings).add(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path path, IOException failure) {
            throw unreadable(path, failure);
        }

        @Override
        public FileVisitResult postVisitDirectory(Path path, @Nullable IOException failure) {
            if (failure != null) {
                throw unreadable(path, failure);
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
