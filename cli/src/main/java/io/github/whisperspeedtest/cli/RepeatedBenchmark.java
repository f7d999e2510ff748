package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.benchmark.BenchmarkReport;
import io.github.whisperspeedtest.benchmark.JsonReport;
import io.github.whisperspeedtest.benchmark.Repetition;
import io.github.whisperspeedtest.benchmark.TerminalText;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** A benchmark that a results file describes, and what differs from that file now. */
final class RepeatedBenchmark {
    /** Options that do not change what is measured. */
    private static final Set<String> COMPATIBLE = Set.of(
            "--repeat",
            "--audio",
            "--time-limit",
            "--download",
            "--models-dir",
            "--offline",
            "--json",
            "--csv",
            "--markdown",
            "--html",
            "--verbose",
            "--debug");

    private final String source;
    private final BenchmarkReport saved;
    private final Repetition repetition;

    private RepeatedBenchmark(String source, BenchmarkReport saved, Repetition repetition) {
        this.source = source;
        this.saved = saved;
        this.repetition = repetition;
    }

    /**
     * Refuses options that the file determines.
     *
     * @throws ParameterException if there is one on the command line
     */
    static void check(CommandSpec spec) {
        for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
            if (!COMPATIBLE.contains(option.longestName())) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--repeat takes everything from its file; leave out " + option.longestName());
            }
        }
    }

    /**
     * Reads a results file.
     *
     * @param recordings files to use instead of those that the report names; empty for the same files
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if it cannot be read, is not a report, or cannot be repeated
     */
    static RepeatedBenchmark of(WhisperSpeedtest library, Path file, List<Path> recordings) {
        BenchmarkReport saved = JsonReport.read(file);
        return new RepeatedBenchmark(
                file.toString(), saved, new Repetition(library, saved, file.toString(), recordings));
    }

    Repetition repetition() {
        return repetition;
    }

    /** Returns the differences that are known before the first run, as lines of text. */
    String before(ProgressLine progress) {
        return text(
                "Repeating " + source + ", written on " + saved.startedAt(),
                "Known differences:",
                "No difference is known yet.",
                repetition.differencesBefore(progress::showHashing));
    }

    /** Returns all differences, as lines of text. */
    String after(BenchmarkReport now) {
        return text(
                "Compared with " + source,
                "Differences:",
                "No differences: same tool, machine, engines, weights, recordings and texts.",
                repetition.differencesAfter(now));
    }

    private static String text(String title, String heading, String none, List<String> differences) {
        StringBuilder text = new StringBuilder(TerminalText.oneLine(title)).append(". ");
        if (differences.isEmpty()) {
            return text.append(none).append('\n').toString();
        }
        text.append(heading).append('\n');
        differences.forEach(
                line -> text.append("  ").append(TerminalText.oneLine(line)).append('\n'));
        return text.toString();
    }
}
