package io.github.whisperspeedtest.spi;

import java.util.List;

/**
 * The files that an implementation loads from a {@link ModelListing}.
 *
 * @param files names in the listing
 * @param borrowed sources of the files that the listing lacks, such as a tokenizer from another repository
 */
public record FileSelection(List<String> files, List<ModelSource.HubRepository> borrowed) {
    /** Copies the lists. */
    public FileSelection {
        files = List.copyOf(files);
        borrowed = List.copyOf(borrowed);
        if (files.isEmpty()) {
            throw new IllegalArgumentException("A selection has at least one file");
        }
    }

    /** Returns a selection that borrows nothing. */
    public static FileSelection of(List<String> files) {
        return new FileSelection(files, List.of());
    }
}
