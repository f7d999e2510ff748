package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.benchmark.BenchmarkReport;
import io.github.whisperspeedtest.benchmark.HumanReport;
import io.github.whisperspeedtest.benchmark.SavedReport;
import io.github.whisperspeedtest.benchmark.SummaryReport;
import io.github.whisperspeedtest.files.AtomicFiles;
import io.github.whisperspeedtest.settings.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows saved results as a benchmark shows them at its end. */
@Command(
        name = "show",
        description = "Show saved results, or write them in another format.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        footer = {
            "",
            "Examples:",
            "  whisper-speedtest results show",
            "  whisper-speedtest results show 2 --verbose",
            "  whisper-speedtest results show results.json --markdown -"
        })
final class ResultsShowCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private CommonOptions common;

    @Mixin
    private BenchmarkExports exports;

    @Parameters(
            paramLabel = "RESULTS",
            arity = "0..1",
            defaultValue = ResultsDirectory.LATEST,
            description = "A number or name of 'results list', a file, or latest (default: ${DEFAULT-VALUE}).")
    private String name;

    ResultsShowCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        exports.check();
        SavedReport saved = ResultsDirectory.of(common.library()).find(name);
        BenchmarkReport report = Objects.requireNonNull(saved.report(), "report");
        List<BenchmarkExports.Export> all = exports.all();
        terminal.err().println("Results from " + saved.file());
        if (all.isEmpty()) {
            print(report);
        }
        for (BenchmarkExports.Export export : all) {
            String content = export.format().apply(report);
            if (export.toStandardOutput()) {
                terminal.out().print(content);
                terminal.out().flush();
            } else {
                AtomicFiles.write(
                        Settings.ofProcess().paths().expand(export.target()), content.getBytes(StandardCharsets.UTF_8));
            }
        }
        return ExitCode.OK;
    }

    private void print(BenchmarkReport report) {
        SummaryReport summary =
                new SummaryReport(!terminal.unicode(), terminal.colorOut(), terminal.columns(), terminal.lineColumns());
        if (common.verbose()) {
            HumanReport details = new HumanReport(
                    !terminal.unicode(), terminal.colorOut(), terminal.columns(), terminal.lineColumns(), true);
            terminal.out().println(details.header(report));
            report.results().forEach(result -> terminal.out().println(details.result(report, result)));
        } else {
            terminal.out().println(summary.header(report));
        }
        terminal.out().println(summary.conclusion(report));
    }
}
