package io.github.whisperspeedtest.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Files that are written for the user: whole or not at all, and never two under one name. */
final class OutputFile {
    private OutputFile() {}

    /**
     * Returns a name for the output of each recording, without the extension of the output.
     *
     * <p>That is the recording's name without its own extension; where two would be the same, with it; where they still are, with a
     * number.
     */
    static Map<Path, String> names(List<Path> recordings) {
        Map<String, Long> stems =
                recordings.stream().collect(Collectors.groupingBy(OutputFile::stem, Collectors.counting()));
        Set<String> taken = new HashSet<>();
        Map<Path, String> names = new HashMap<>();
        for (Path recording : recordings) {
            String stem = stem(recording);
            String wanted =
                    stems.get(stem) == 1 ? stem : recording.getFileName().toString();
            String name = wanted;
            for (int number = 2; !taken.add(name); number++) {
                name = wanted + "-" + number;
            }
            names.put(recording, name);
        }
        return names;
    }

    private static String stem(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    static void write(Path file, String content) throws IOException {
        Path absolute = file.toAbsolutePath();
        Files.createDirectories(absolute.getParent());
        Path partial = Files.createTempFile(absolute.getParent(), "." + absolute.getFileName(), ".partial");
        try {
            Files.write(partial, content.getBytes(StandardCharsets.UTF_8));
            try {
                Files.move(partial, absolute, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(partial, absolute, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(partial);
        }
    }
}
