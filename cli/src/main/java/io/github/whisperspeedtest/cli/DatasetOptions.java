package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.benchmark.BenchmarkInput;
import io.github.whisperspeedtest.benchmark.DatasetSettings;
import io.github.whisperspeedtest.dataset.Dataset;
import io.github.whisperspeedtest.dataset.DatasetEntry;
import io.github.whisperspeedtest.settings.Settings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The data set of a benchmark, and the sample of it. */
final class DatasetOptions {
    /** A message names so many recordings or texts, and counts the others. */
    private static final int NAMED = 3;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--dataset",
            order = 8,
            paramLabel = "DIR|FILE",
            description =
                    "Data set instead of --audio: a directory of recordings with .txt files, a directory in the layout of"
                            + " LibriSpeech or Common Voice, or a manifest (.jsonl, .csv, .tsv).")
    private @Nullable Path path;

    @Option(
            names = "--limit",
            order = 9,
            paramLabel = "N",
            description = "Measure a random sample of N recordings of the data set (default: all).")
    private @Nullable Integer limit;

    DatasetOptions() {}

    /**
     * The recordings to measure.
     *
     * @param settings for the report
     * @param inputs the recordings in order
     */
    record Chosen(DatasetSettings settings, List<BenchmarkInput> inputs) {}

    /**
     * Checks the options; nothing is read yet.
     *
     * @param audios whether --audio is given
     * @param references whether --reference-text is given
     * @throws ParameterException if they exclude one another or have no effect
     */
    void check(boolean audios, boolean references) {
        if (path == null && limit != null) {
            throw wrong("--limit applies to a data set; name one with --dataset");
        }
        if (path != null && audios) {
            throw wrong("--dataset and --audio exclude each other; name the recordings with one of them");
        }
        if (path != null && references) {
            throw wrong("--reference-text belongs to --audio; a data set has its texts in its own files");
        }
        if (limit != null && limit < 1) {
            throw wrong("--limit must be at least 1, but is " + limit);
        }
    }

    /**
     * Reads the data set, and says once what is missing in it.
     *
     * @param seed the number that determines the sample
     * @param notes receives what is missing
     * @return the recordings, null without --dataset
     */
    @Nullable
    Chosen choose(long seed, PrintWriter notes) {
        if (path == null) {
            return null;
        }
        Dataset dataset = Dataset.read(Settings.ofProcess().paths().expand(path.toString()));
        List<DatasetEntry> entries = limit == null ? dataset.entries() : dataset.sample(limit, seed);
        print(notes, dataset, entries);
        return new Chosen(
                new DatasetSettings(
                        dataset.path().toAbsolutePath().normalize().toString(),
                        dataset.layout(),
                        dataset.entries().size(),
                        limit,
                        limit == null ? null : Long.valueOf(seed)),
                entries.stream().map(BenchmarkInput::of).toList());
    }

    private static void print(PrintWriter notes, Dataset dataset, List<DatasetEntry> entries) {
        List<String> silent = entries.stream()
                .filter(entry -> entry.text() == null)
                .map(DatasetEntry::name)
                .toList();
        if (!silent.isEmpty()) {
            notes.println("Without a text, and so without a word error rate: " + silent.size() + " of " + entries.size()
                    + " recordings (" + named(silent) + ")");
        }
        if (!dataset.unusedTexts().isEmpty()) {
            notes.println("Texts without a recording: " + dataset.unusedTexts().size() + " ("
                    + named(dataset.unusedTexts()) + ")");
        }
    }

    private static String named(List<String> names) {
        return names.stream().limit(NAMED).collect(Collectors.joining(", ")) + (names.size() > NAMED ? ", ..." : "");
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
