package io.github.whisperspeedtest.evaluation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** American spellings of British words. The resource says how its lines are to be read, and names its source. */
final class Spellings {
    private static final String RESOURCE = "spellings.txt";
    private static final String NOTHING = "-";

    private Spellings() {}

    /** Returns the American spellings by the British ones, in lower case. */
    static Map<String, String> load() {
        try (InputStream resource = Objects.requireNonNull(Spellings.class.getResourceAsStream(RESOURCE), RESOURCE);
                BufferedReader reader = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
            Map<String, String> spellings = new HashMap<>();
            for (String line : reader.lines().collect(Collectors.toList())) {
                if (!line.startsWith("#")) {
                    addRule(line, spellings);
                }
            }
            return Map.copyOf(spellings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void addRule(String line, Map<String, String> spellings) {
        int change = line.indexOf('>');
        int endings = line.indexOf(' ');
        int stems = line.indexOf(": ");
        String british = line.substring(0, change);
        String american = text(line.substring(change + 1, endings));
        for (String stem : line.substring(stems + 2).split(" ")) {
            for (String ending : line.substring(endings + 1, stems).split(",")) {
                spellings.put(text(stem) + british + text(ending), text(stem) + american + text(ending));
            }
        }
    }

    private static String text(String part) {
        return part.equals(NOTHING) ? "" : part;
    }
}
