package io.github.whisperspeedtest.dataset;

import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A set of recordings with their transcripts.
 *
 * @param path the directory or manifest that it was read from
 * @param layout the form in which it is stored
 * @param entries the recordings in the order of their names, at least one
 * @param unusedTexts places of texts without a recording, such as {@code talk.txt}; usually empty
 */
public record Dataset(Path path, DatasetLayout layout, List<DatasetEntry> entries, List<String> unusedTexts) {
    /** Sorts the entries and copies the lists. */
    public Dataset {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(layout, "layout");
        entries = entries.stream().sorted(DatasetEntry.BY_NAME).toList();
        unusedTexts = List.copyOf(unusedTexts);
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("a data set needs at least one recording");
        }
    }

    /**
     * Reads a data set. No recording is opened.
     *
     * <p>What is there decides on the layout: a manifest or a directory with exactly one, then {@code *.trans.txt} files, then
     * recordings.
     *
     * @param path a directory or a manifest
     * @throws WhisperSpeedtestException if it is not a data set, has no recording, or names one that does not exist; the message names
     *     file and line
     */
    public static Dataset read(Path path) {
        return DatasetReader.read(path);
    }

    /**
     * Returns a random sample in the order of the set. The same names and the same seed give the same sample everywhere.
     *
     * @param size number of recordings, at least 1; the whole set if it has no more
     * @param seed any number
     */
    public List<DatasetEntry> sample(int size, long seed) {
        return Sample.of(entries, size, seed);
    }
}
