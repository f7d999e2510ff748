package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.files.AtomicFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The list of the files of an unpacked archive, kept beside its directory.
 *
 * <p>It shows whether the directory is complete after the archive was deleted. One line per file: SHA-256, size and path,
 * with a space between them. Lines that start with {@code #} are comments.
 *
 * @param files the files of the directory
 */
record UnpackedManifest(List<Entry> files) {
    private static final String ENDING = ".manifest";

    /** A thousand files with names of a kilobyte each. */
    private static final int MAX_BYTES = 2 << 20;

    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}) ([0-9]{1,18}) (.+)");

    UnpackedManifest {
        files = List.copyOf(files);
    }

    /**
     * One file.
     *
     * @param path its path in the directory, with forward slashes
     * @param size its size in bytes
     * @param sha256 SHA-256 of its content, 64 hexadecimal digits
     */
    record Entry(String path, long size, String sha256) {}

    /** Returns the path of the list of a directory. */
    static Path pathFor(Path directory) {
        return directory.resolveSibling(directory.getFileName() + ENDING);
    }

    /**
     * Writes the list.
     *
     * @param origin where the archive comes from, for people
     */
    void write(Path file, String origin) throws IOException {
        StringBuilder text = new StringBuilder("# ").append(origin).append('\n');
        for (Entry entry : files) {
            text.append(entry.sha256)
                    .append(' ')
                    .append(entry.size)
                    .append(' ')
                    .append(entry.path)
                    .append('\n');
        }
        AtomicFiles.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads a list.
     *
     * @throws IOException if it cannot be read, or is not such a list
     */
    static UnpackedManifest read(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        }
        if (bytes.length > MAX_BYTES) {
            throw new IOException("it has more than " + MAX_BYTES + " bytes");
        }
        List<Entry> entries = new ArrayList<>();
        List<String> lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("#")) {
                continue;
            }
            Matcher line = LINE.matcher(lines.get(i));
            if (!line.matches() || !isInside(line.group(3))) {
                throw new IOException("line " + (i + 1) + " is not a SHA-256, a size and a path");
            }
            entries.add(new Entry(line.group(3), Long.parseLong(line.group(2)), line.group(1)));
        }
        if (entries.isEmpty()) {
            throw new IOException("it lists no file");
        }
        return new UnpackedManifest(entries);
    }

    /** Returns whether a path leads to a file inside the directory that it is relative to. */
    private static boolean isInside(String path) {
        return path.chars().noneMatch(c -> c == 0 || c == '\\')
                && List.of(path.split("/", -1)).stream()
                        .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
    }
}
