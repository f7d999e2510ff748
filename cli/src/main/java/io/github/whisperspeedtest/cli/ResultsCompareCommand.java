package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.benchmark.BaselineComparison;
import io.github.whisperspeedtest.benchmark.BaselineComparison.Change;
import io.github.whisperspeedtest.benchmark.BenchmarkReport;
import io.github.whisperspeedtest.benchmark.BenchmarkResult;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.benchmark.Quantities;
import io.github.whisperspeedtest.benchmark.RegressionLimits;
import io.github.whisperspeedtest.benchmark.SavedReport;
import io.github.whisperspeedtest.benchmark.TerminalText;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares saved results with a baseline; a gate for continuous integration. */
@Command(
        name = "compare",
        description = "Compare saved results with a baseline, and fail if they are worse.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        footer = {
            "",
            "Exit codes: 0 within the limits, 1 a limit exceeded or a candidate missing,",
            "2 wrong usage or a file that cannot be read.",
            "",
            "Examples:",
            "  whisper-speedtest results compare 2 1",
            "  whisper-speedtest results compare baseline.json latest \\",
            "    --fail-if-slower 5 --fail-if-worse 0.5"
        })
final class ResultsCompareCommand implements Callable<Integer> {
    private static final int INDENT = 2;

    private final Terminal terminal;

    @Mixin
    private CommonOptions common;

    @Option(
            names = "--fail-if-slower",
            order = 1,
            paramLabel = "PERCENT",
            converter = Percentage.Converter.class,
            description =
                    "Fail if a candidate takes so much more time, with its whole 95 %% interval beyond this limit, such as 5%%.")
    private @Nullable Percentage slower;

    @Option(
            names = "--fail-if-worse",
            order = 2,
            paramLabel = "POINTS",
            converter = Percentage.Converter.class,
            description = "Fail if the word error rate of a candidate rises by more percentage points, such as 0.5.")
    private @Nullable Percentage worse;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(names = "--json", description = "Print the comparison as JSON.")
    private boolean json;

    @Parameters(
            index = "0",
            paramLabel = "BASELINE",
            description = "The earlier results: a number or name of 'results list', a file, or latest.")
    private String baseline;

    @Parameters(index = "1", paramLabel = "RESULTS", description = "The results to compare with them.")
    private String current;

    ResultsCompareCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        ResultsDirectory directory = ResultsDirectory.of(common.library());
        SavedReport then = directory.find(baseline);
        SavedReport now = directory.find(current);
        BaselineComparison comparison = BaselineComparison.of(report(then), report(now));
        List<RegressionLimits.Finding> findings = new RegressionLimits(
                        slower == null ? null : slower.fraction(), worse == null ? null : worse.fraction())
                .check(comparison);
        if (json) {
            terminal.out().println(ResultsJson.comparison(then, now, comparison, findings));
        } else {
            print(then, now, comparison, findings);
        }
        return findings.stream().anyMatch(RegressionLimits.Finding::failure) ? ExitCode.FAILED : ExitCode.OK;
    }

    private static BenchmarkReport report(SavedReport saved) {
        return Objects.requireNonNull(saved.report(), "report");
    }

    private void print(
            SavedReport then, SavedReport now, BaselineComparison comparison, List<RegressionLimits.Finding> findings) {
        line("Baseline: " + then.file() + ", " + report(then).startedAt());
        line("Compared: " + now.file() + ", " + report(now).startedAt());
        comparison.notes().forEach(note -> line("note: " + note));
        for (Change change : comparison.changes()) {
            terminal.out().println();
            line(change.candidate());
            print(change);
        }
        if (slower != null || worse != null) {
            terminal.out().println();
            for (RegressionLimits.Finding finding : findings) {
                line((finding.failure() ? "FAILED: " : "warning: ") + finding.message());
            }
            if (findings.stream().noneMatch(RegressionLimits.Finding::failure)) {
                line("Within the limits.");
            }
        }
    }

    private void print(Change change) {
        BenchmarkResult before = change.baseline();
        BenchmarkResult after = change.current();
        if (before instanceof Measured then && after instanceof Measured now) {
            change.obstacles().forEach(obstacle -> line("  not compared: " + obstacle));
            if (change.time() != null) {
                line("  time    " + median(then) + ", now " + median(now) + ": " + change.describeTime());
            }
            if (change.errors() != null) {
                line("  errors  " + errors(then) + ", now " + errors(now) + ": " + change.describeErrors());
            }
        } else {
            line("  baseline: " + outcome(before) + ", now: " + outcome(after));
        }
        change.notes().forEach(note -> line("  note: " + note));
    }

    private static String median(Measured result) {
        return Quantities.duration(result.statistics().median());
    }

    private static String errors(Measured result) {
        return result.errorRate().map(ErrorRate::rate).map(Quantities::percent).orElse("unknown");
    }

    private static String outcome(@Nullable BenchmarkResult result) {
        return result == null ? "not measured" : result.outcome();
    }

    private void line(String text) {
        String indent = text.startsWith("  ") ? "  " : "";
        terminal.out().println(TerminalText.wrap(indent + TerminalText.oneLine(text), terminal.lineColumns(), INDENT));
    }
}
