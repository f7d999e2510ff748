package io.github.whisperspeedtest.dataset;

import io.github.whisperspeedtest.audio.AudioExtensions;
import io.github.whisperspeedtest.files.DiskErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds out the layout of a data set and reads it. */
final class DatasetReader {
    private static final Set<String> MANIFESTS = Set.of("jsonl", "json", "csv", "tsv");

    private DatasetReader() {}

    static Dataset read(Path path) {
        if (!Files.exists(path)) {
            throw TextFile.refused("There is no data set " + path + ". Give a directory or a manifest.", null);
        }
        return Files.isDirectory(path) ? directory(path) : manifest(path);
    }

    private static Dataset directory(Path directory) {
        List<Path> manifests = manifestsIn(directory);
        if (manifests.size() > 1) {
            throw TextFile.refused(
                    "There are several manifests in " + directory + ": "
                            + manifests.stream()
                                    .map(file -> file.getFileName().toString())
                                    .collect(Collectors.joining(", "))
                            + ". Name one of them, such as " + manifests.get(0) + ".",
                    null);
        }
        if (!manifests.isEmpty()) {
            return manifest(manifests.get(0));
        }
        RecordingTree tree = RecordingTree.of(directory);
        if (tree.recordings().isEmpty()) {
            throw TextFile.refused(
                    "There is no recording in the directory " + directory
                            + ". Give a directory with recordings, or a manifest that lists them.",
                    null);
        }
        return LibriSpeechFolder.matches(tree)
                ? LibriSpeechFolder.read(directory, tree)
                : TextFolder.read(directory, tree);
    }

    /** Other tables and JSON files may lie beside recordings, so the first line of each decides. */
    private static List<Path> manifestsIn(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> MANIFESTS.contains(AudioExtensions.of(file)))
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .filter(Files::isRegularFile)
                    .filter(file -> startsLikeAManifest(TextFile.firstLine(file)))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw TextFile.refused(
                    "Cannot read the directory " + directory + ": " + DiskErrors.reason(e) + ". Check the permissions.",
                    e);
        }
    }

    private static boolean startsLikeAManifest(String firstLine) {
        return JsonLinesManifest.startsLike(firstLine)
                || TableManifest.separator(firstLine).isPresent();
    }

    private static Dataset manifest(Path file) {
        if (AudioExtensions.isAudio(file)) {
            throw TextFile.refused(
                    file + " is a recording, not a data set. Name it with -a, or give its directory.", null);
        }
        String text = TextFile.read(file);
        String first = TextFile.firstLine(text);
        if (first.isEmpty()) {
            throw TextFile.refused(file + " is empty. Add a line for each recording.", null);
        }
        if (first.stripLeading().startsWith("{")) {
            return JsonLinesManifest.read(file, text);
        }
        return TableManifest.separator(first)
                .map(separator -> TableManifest.read(file, text, separator))
                .orElseThrow(() -> TextFile.refused(
                        TextFile.at(file, TextFile.lines(file, text).get(0).number())
                                + ": this is neither a JSON object nor a header with a column "
                                + String.join(", ", Manifest.AUDIO) + ". Use one of the layouts in the user guide.",
                        null));
    }
}
