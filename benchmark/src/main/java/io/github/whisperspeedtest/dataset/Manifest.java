package io.github.whisperspeedtest.dataset;

import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.transcription.Language;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects the recordings that a file lists, and checks each. */
final class Manifest {
    /**
     * Names of the field with the path: those of NVIDIA NeMo, of {@code datasets} by Hugging Face with objects and with files, and of
     * Common Voice.
     */
    static final List<String> AUDIO = List.of("audio_filepath", "audio", "file_name", "path");

    /** Names of the field with the reference transcript. */
    static final List<String> TEXT = List.of("text", "sentence", "transcription");

    /** Names of the field with the language. */
    static final List<String> LANGUAGE = List.of("language", "lang", "locale");

    /** Start of a part of a recording in NeMo's manifests. */
    static final String OFFSET = "offset";

    private final Path file;
    private final Path directory;
    private final @Nullable Path clips;
    private final Map<Path, Integer> lines = new HashMap<>();
    private final List<DatasetEntry> entries = new ArrayList<>();

    Manifest(Path file) {
        this.file = file;
        directory = file.toAbsolutePath().normalize().resolveSibling("");
        Path beside = directory.resolve("clips");
        clips = Files.isDirectory(beside) ? beside : null;
    }

    /**
     * Adds a recording.
     *
     * @param line the line that lists it
     * @param audio its path, relative to the manifest or to {@code clips} beside it
     * @param text the transcript, blank or null if unknown
     * @param language a code, a tag or an English name, blank or null if unknown
     * @throws WhisperSpeedtestException if there is no such file or language, or the file is listed already
     */
    void add(int line, @Nullable String audio, @Nullable String text, @Nullable String language) {
        if (audio == null || audio.isBlank()) {
            throw error(line, "there is no path of a recording. Add '" + AUDIO.get(0) + "'.");
        }
        Path recording = locate(line, audio);
        Integer earlier = lines.putIfAbsent(recording, line);
        if (earlier != null) {
            throw error(line, "'" + audio + "' is already listed in line " + earlier + ". Remove one of them.");
        }
        entries.add(new DatasetEntry(
                RecordingTree.name(directory, recording),
                recording,
                TextFile.withWords(text),
                languageCode(line, language),
                TextFile.at(file, line)));
    }

    /**
     * Returns the data set.
     *
     * @throws WhisperSpeedtestException if nothing was added
     */
    Dataset dataset(DatasetLayout layout) {
        if (entries.isEmpty()) {
            throw TextFile.refused(file + " lists no recording. Add a line for each recording.", null);
        }
        return new Dataset(file, layout, entries, List.of());
    }

    WhisperSpeedtestException error(int line, String problem) {
        return error(line, problem, null);
    }

    WhisperSpeedtestException error(int line, String problem, @Nullable Exception cause) {
        return TextFile.refused(TextFile.at(file, line) + ": " + problem, cause);
    }

    private Path locate(int line, String audio) {
        try {
            Path found = directory.resolve(audio).normalize();
            if (clips != null && !Files.exists(found)) {
                Path clip = clips.resolve(audio).normalize();
                found = Files.exists(clip) ? clip : found;
            }
            if (!Files.exists(found)) {
                throw error(
                        line,
                        "there is no recording '" + audio + "', looked for " + found
                                + ". Correct the path, which is relative to the manifest.");
            }
            if (!Files.isRegularFile(found)) {
                throw error(line, "'" + audio + "' is not a file. Give the path of a recording.");
            }
            return found;
        } catch (InvalidPathException e) {
            throw error(line, "'" + audio + "' is not a path: " + e.getReason() + ". Correct it.", e);
        }
    }

    private @Nullable String languageCode(int line, @Nullable String language) {
        if (language == null || language.isBlank()) {
            return null;
        }
        try {
            return Language.parse(language) instanceof Language.Fixed fixed ? fixed.code() : null;
        } catch (UnknownNameException e) {
            throw error(line, String.valueOf(e.getMessage()), e);
        }
    }
}
