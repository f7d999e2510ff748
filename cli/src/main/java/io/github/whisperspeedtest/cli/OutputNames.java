package io.github.whisperspeedtest.cli;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Unique names for output files. */
final class OutputNames {
    private OutputNames() {}

    /**
     * Returns a name for the output of each recording, without the extension of the output; {@code stdin} for standard input.
     *
     * <p>The name is that of the recording without its extension, with the extension if two would be equal, and with a number if
     * they still are.
     */
    static Map<Path, String> of(List<Path> recordings) {
        Map<String, Long> stems = recordings.stream()
                .collect(Collectors.groupingBy(file -> stem(file).toLowerCase(Locale.ROOT), Collectors.counting()));
        Set<String> taken = new HashSet<>();
        Map<Path, String> names = new HashMap<>();
        for (Path recording : recordings) {
            String stem = stem(recording);
            String wanted = stems.get(stem.toLowerCase(Locale.ROOT)) == 1 ? stem : fileName(recording);
            String name = wanted;
            // File names on macOS and Windows are case-insensitive.
            for (int number = 2; !taken.add(name.toLowerCase(Locale.ROOT)); number++) {
                name = wanted + "-" + number;
            }
            names.put(recording, name);
        }
        return names;
    }

    private static String stem(Path file) {
        String name = fileName(file);
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    private static String fileName(Path recording) {
        return StandardInput.isMeantBy(recording)
                ? StandardInput.NAME
                : recording.getFileName().toString();
    }
}
