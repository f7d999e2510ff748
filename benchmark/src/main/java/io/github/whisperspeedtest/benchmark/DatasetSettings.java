package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.dataset.DatasetLayout;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The data set from which the recordings of a benchmark come.
 *
 * @param path absolute path of the directory or manifest
 * @param layout the form in which it is stored
 * @param entries number of its recordings, at least 1
 * @param limit size of the random sample that was asked for, null for the whole set
 * @param seed the number that determines the sample, null for the whole set
 */
public record DatasetSettings(
        String path,
        DatasetLayout layout,
        int entries,
        @Nullable Integer limit,
        @Nullable Long seed) {
    /** Checks the numbers. */
    public DatasetSettings {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(layout, "layout");
        if (entries < 1 || limit != null && limit < 1) {
            throw new IllegalArgumentException(
                    "entries and limit must be at least 1, but were " + entries + " and " + limit);
        }
        if ((limit == null) != (seed == null)) {
            throw new IllegalArgumentException("limit and seed belong together, but were " + limit + " and " + seed);
        }
    }

    /** Returns one line, such as {@code /sets/de (common-voice, a sample of 100 of 15000 recordings, seed 0)}. */
    String describe() {
        String recordings = entries + (entries == 1 ? " recording" : " recordings");
        return path + " (" + layout.label() + ", "
                + (limit == null || limit >= entries
                        ? recordings
                        : "a sample of " + limit + " of " + recordings + ", seed " + seed)
                + ")";
    }
}
