package io.github.whisperspeedtest.dataset;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A directory tree in the layout of LibriSpeech: a file {@code *.trans.txt} has a line with the name and the text of each recording
 * beside it.
 */
final class LibriSpeechFolder {
    private static final String SUFFIX = ".trans.txt";

    private LibriSpeechFolder() {}

    /** Returns whether a transcript file names a recording that is beside it. */
    static boolean matches(RecordingTree tree) {
        Map<Path, List<Path>> recordings = byStem(tree);
        return transcriptFiles(tree).stream()
                .anyMatch(file -> recordings.containsKey(sibling(file, id(TextFile.firstLine(file)))));
    }

    static Dataset read(Path directory, RecordingTree tree) {
        Map<Path, List<Path>> recordings = byStem(tree);
        Map<Path, DatasetEntry> entries = new HashMap<>();
        List<String> unused = new ArrayList<>();
        for (Path file : transcriptFiles(tree)) {
            Map<String, Integer> lines = new HashMap<>();
            for (TextFile.Line line : TextFile.lines(file, TextFile.read(file))) {
                String id = id(line.text());
                String origin = TextFile.at(file, line.number());
                Integer earlier = lines.putIfAbsent(id, line.number());
                if (earlier != null) {
                    throw TextFile.refused(
                            origin + ": '" + id + "' already has a text in line " + earlier + ". Remove one of them.",
                            null);
                }
                List<Path> named = recordings.getOrDefault(sibling(file, id), List.of());
                if (named.isEmpty()) {
                    unused.add(origin);
                }
                String text = TextFile.withWords(line.text().strip().substring(id.length()));
                named.forEach(recording -> entries.put(
                        recording,
                        new DatasetEntry(tree.nameOf(recording), recording.toAbsolutePath(), text, null, origin)));
            }
        }
        List<DatasetEntry> all = tree.recordings().stream()
                .map(recording -> entries.getOrDefault(
                        recording,
                        new DatasetEntry(tree.nameOf(recording), recording.toAbsolutePath(), null, null, null)))
                .toList();
        return new Dataset(directory, DatasetLayout.LIBRISPEECH, all, unused);
    }

    private static List<Path> transcriptFiles(RecordingTree tree) {
        return tree.texts().stream()
                .filter(file -> file.getFileName().toString().endsWith(SUFFIX))
                .sorted()
                .toList();
    }

    private static Map<Path, List<Path>> byStem(RecordingTree tree) {
        Map<Path, List<Path>> byStem = new HashMap<>();
        tree.recordings()
                .forEach(recording -> byStem.computeIfAbsent(RecordingTree.stem(recording), unused -> new ArrayList<>())
                        .add(recording));
        return byStem;
    }

    /** Returns the path of a name from a file, null if no file can have it. */
    private static @Nullable Path sibling(Path file, String name) {
        try {
            return file.resolveSibling(name);
        } catch (InvalidPathException e) {
            return null;
        }
    }

    private static String id(String line) {
        return line.strip().split("\\s", 2)[0];
    }
}
