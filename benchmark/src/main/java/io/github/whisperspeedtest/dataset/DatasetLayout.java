package io.github.whisperspeedtest.dataset;

import java.util.Locale;

/** The form in which a data set is stored. */
public enum DatasetLayout {
    /** A directory tree of recordings, each with a {@code .txt} file of the same name beside it. */
    FOLDER,
    /** A directory tree in which {@code *.trans.txt} files have a line {@code ID TEXT} for each recording beside them. */
    LIBRISPEECH,
    /** A table separated by tabs with the columns {@code path} and {@code sentence}; the recordings are in {@code clips}. */
    COMMON_VOICE,
    /** A file with one JSON object per line. */
    JSONL,
    /** A table separated by commas, semicolons or tabs, with a header. */
    CSV;

    /** Returns the name in files and options, such as {@code common-voice}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
