package io.github.whisperspeedtest.spark;

import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.format.TranscriptFormat;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The output of a {@link SparkBatch}: a table, or one file for each recording. */
public enum BatchFormat {
    /** Parquet files with the columns of {@link WhisperSpark#schema}. */
    PARQUET,
    /** Files with one JSON object in each line, with the same fields. */
    JSONL,
    /** Plain text, one file for each recording. */
    TXT,
    /** SubRip subtitles, one file for each recording. */
    SRT,
    /** WebVTT subtitles, one file for each recording. */
    VTT,
    /** Tab-separated times and text, one file for each recording. */
    TSV,
    /** OpenAI's JSON, one file for each recording. */
    JSON;

    /**
     * Returns the format of a name.
     *
     * @param name such as {@code parquet}; case does not matter
     * @throws UnknownNameException if it is unknown; the message lists the known ones
     */
    public static BatchFormat parse(String name) {
        return Arrays.stream(values())
                .filter(format -> format.label().equals(name.strip().toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new UnknownNameException("Unknown output format '" + name + "'. Use one of: "
                        + Arrays.stream(values()).map(BatchFormat::label).collect(Collectors.joining(", ")) + "."));
    }

    /** Returns the name in lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns whether all results are rows of one table. */
    boolean isTable() {
        return this == PARQUET || this == JSONL;
    }

    /** Returns the format of the files, empty for a table. */
    Optional<TranscriptFormat> files() {
        return isTable() ? Optional.empty() : Optional.of(TranscriptFormat.parse(label()));
    }
}
