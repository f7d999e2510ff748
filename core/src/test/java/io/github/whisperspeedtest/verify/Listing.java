package io.github.whisperspeedtest.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The contents of a directory tree. Two listings differ if anything has changed. */
final class Listing {
    private Listing() {}

    static List<String> of(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            return paths.sorted().map(Listing::describe).toList();
        }
    }

    private static String describe(Path path) {
        try {
            String text = path + " "
                    + Files.readAttributes(
                            path, "unix:mode,size,lastModifiedTime,ctime,ino", LinkOption.NOFOLLOW_LINKS);
            if (Files.isSymbolicLink(path)) {
                return text + " -> " + Files.readSymbolicLink(path);
            }
            return Files.isRegularFile(path) ? text + " " + Files.readString(path) : text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
