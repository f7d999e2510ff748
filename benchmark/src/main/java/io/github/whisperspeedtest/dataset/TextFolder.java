package io.github.whisperspeedtest.dataset;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A directory tree of recordings, each with a text file of the same name beside it. */
final class TextFolder {
    private TextFolder() {}

    static Dataset read(Path directory, RecordingTree tree) {
        Map<Path, Path> texts = new LinkedHashMap<>();
        tree.texts().forEach(text -> texts.put(RecordingTree.stem(text), text));
        Set<Path> used = new HashSet<>();
        List<DatasetEntry> entries = new ArrayList<>();
        for (Path recording : tree.recordings()) {
            Path text = texts.get(RecordingTree.stem(recording));
            if (text != null) {
                used.add(text);
            }
            entries.add(new DatasetEntry(
                    tree.nameOf(recording),
                    recording.toAbsolutePath(),
                    text == null ? null : TextFile.withWords(TextFile.read(text)),
                    null,
                    null));
        }
        List<String> unused = tree.texts().stream()
                .filter(text -> !used.contains(text))
                .map(tree::nameOf)
                .sorted()
                .toList();
        return new Dataset(directory, DatasetLayout.FOLDER, entries, unused);
    }
}
