package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.benchmark.BenchmarkReport;
import io.github.whisperspeedtest.benchmark.CsvReport;
import io.github.whisperspeedtest.benchmark.HtmlReport;
import io.github.whisperspeedtest.benchmark.JsonReport;
import io.github.whisperspeedtest.benchmark.MarkdownReport;
import io.github.whisperspeedtest.files.DiskErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The files that a benchmark writes its report to. */
final class BenchmarkExports {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(names = "--json", paramLabel = "FILE", description = "Write the results as JSON; - for standard output.")
    private @Nullable String json;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(names = "--csv", paramLabel = "FILE", description = "Write the results as CSV; - for standard output.")
    private @Nullable String csv;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(
            names = "--markdown",
            paramLabel = "FILE",
            description = "Write the results as a Markdown table; - for standard output.")
    private @Nullable String markdown;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Write the results as one HTML page with charts; - for standard output.")
    private @Nullable String html;

    BenchmarkExports() {}

    /**
     * A requested export of the results.
     *
     * @param option the option that requests it
     * @param target a file name, or - for standard output
     * @param format renders a report
     * @param unfinished renders a report after each round, null to write it only at the end
     */
    record Export(
            String option,
            String target,
            Function<BenchmarkReport, String> format,
            @Nullable Function<BenchmarkReport, String> unfinished) {
        boolean toStandardOutput() {
            return target.equals("-");
        }
    }

    /** Returns the requested exports. */
    List<Export> all() {
        List<Export> exports = new ArrayList<>();
        if (json != null) {
            exports.add(new Export("--json", json, JsonReport::render, JsonReport::renderUnfinished));
        }
        if (csv != null) {
            exports.add(new Export("--csv", csv, CsvReport::render, CsvReport::render));
        }
        if (markdown != null) {
            exports.add(new Export("--markdown", markdown, MarkdownReport::render, MarkdownReport::render));
        }
        if (html != null) {
            exports.add(new Export("--html", html, BenchmarkExports::html, null));
        }
        return exports;
    }

    static String html(BenchmarkReport report) {
        return HtmlReport.render(List.of(JsonReport.render(report)));
    }

    /**
     * Checks that all can be written. Runs before any measurement, so that a typing error does not cost the results.
     *
     * @throws ParameterException if one cannot
     */
    void check() {
        long onStandardOutput = all().stream().filter(Export::toStandardOutput).count();
        if (onStandardOutput > 1) {
            throw new ParameterException(
                    spec.commandLine(), "Only one of --json, --csv, --markdown and --html can go to standard output");
        }
        all().stream().filter(export -> !export.toStandardOutput()).forEach(this::checkPlace);
    }

    private void checkPlace(Export export) {
        Path file = Path.of(export.target()).toAbsolutePath();
        Path directory = file.getParent();
        String problem = null;
        try {
            if (Files.readAttributes(file, BasicFileAttributes.class).isDirectory()) {
                problem = "it is a directory";
            } else if (!Files.isWritable(file)) {
                problem = "permission denied";
            }
        } catch (NoSuchFileException e) {
            if (directory == null || !Files.isDirectory(directory)) {
                problem = "there is no directory " + directory;
            } else if (!Files.isWritable(directory)) {
                problem = "permission denied in " + directory;
            }
        } catch (IOException e) {
            problem = DiskErrors.reason(e);
        }
        if (problem != null) {
            throw new ParameterException(
                    spec.commandLine(), "Cannot write " + export.target() + " (" + export.option() + "): " + problem);
        }
    }
}
