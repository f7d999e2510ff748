package io.github.whisperspeedtest.dataset;

import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One recording of a data set.
 *
 * @param name path relative to the data set, separated by {@code /}
 * @param file absolute path of the recording, which exists
 * @param text the reference transcript, null if there is none with a word in it
 * @param language code of the language that is spoken, null if unknown
 * @param origin the place that lists it, such as {@code set.jsonl, line 12}; null if the recording itself was found
 */
public record DatasetEntry(
        String name,
        Path file,
        @Nullable String text,
        @Nullable String language,
        @Nullable String origin) {
    /**
     * Order by name, the same on every machine: it compares UTF-16 code units of the composed form (NFC), because file systems
     * differ in the form that they keep.
     */
    static final Comparator<DatasetEntry> BY_NAME = Comparator.comparing(
                    (DatasetEntry entry) -> Normalizer.normalize(entry.name, Normalizer.Form.NFC))
            .thenComparing(DatasetEntry::name);

    /** Checks for null. */
    public DatasetEntry {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(file, "file");
    }
}
