package io.github.whisperspeedtest.benchmark.machine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the files in which Linux describes itself.
 *
 * @param root the directory that contains {@code proc} and {@code sys}
 */
record SystemFiles(Path root) {
    /** Files of the kernel are short, apart from those that list every processor. */
    private static final int MAX_LENGTH = 1 << 20;

    /** Returns the content without surrounding white space, null if the file is missing or not readable. */
    @Nullable
    String text(String path) {
        try (InputStream in = Files.newInputStream(root.resolve(path))) {
            return new String(in.readNBytes(MAX_LENGTH), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return null;
        }
    }

    /** Returns the whole number in a file, null if there is none. */
    @Nullable
    Long number(String path) {
        return parse(text(path));
    }

    static @Nullable Long parse(@Nullable String text) {
        try {
            return text == null ? null : Long.valueOf(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Returns the paths of the directories in a directory whose name matches; none if it is not readable. */
    List<String> directories(String parent, Pattern name) {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(root.resolve(parent))) {
            for (Path child : children) {
                String childName = child.getFileName().toString();
                if (name.matcher(childName).matches() && Files.isDirectory(child)) {
                    found.add(parent + "/" + childName);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return List.of();
        }
        return found;
    }

    /** Returns the numbers in the files of the given name; directories without such a number are left out. */
    List<Long> numbers(List<String> directories, String file) {
        return directories.stream()
                .map(directory -> number(directory + "/" + file))
                .filter(Objects::nonNull)
                .toList();
    }
}
