package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.benchmark.BenchmarkListener;
import io.github.whisperspeedtest.benchmark.BenchmarkPlan;
import io.github.whisperspeedtest.benchmark.BenchmarkProgress;
import io.github.whisperspeedtest.benchmark.BenchmarkReport;
import io.github.whisperspeedtest.benchmark.Candidate;
import io.github.whisperspeedtest.benchmark.HumanReport;
import io.github.whisperspeedtest.benchmark.JsonReport;
import io.github.whisperspeedtest.benchmark.Rounds;
import io.github.whisperspeedtest.benchmark.SummaryReport;
import io.github.whisperspeedtest.benchmark.TerminalText;
import io.github.whisperspeedtest.cli.BenchmarkExports.Export;
import io.github.whisperspeedtest.files.AtomicFiles;
import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.settings.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Shows the progress of a benchmark, prints its results, and saves them after every round. */
final class BenchmarkPrinter implements BenchmarkListener {
    private static final int INDENT = 4;

    private final Terminal terminal;
    private final ProgressLine progress;
    private final ResultsDirectory resultsDirectory;
    private final Rounds rounds;
    private final int count;
    private final List<Export> exports;
    private final boolean verbose;
    private final boolean quiet;
    private final HumanReport details;
    private final SummaryReport summary;
    private volatile int measured;
    private boolean exported = true;
    private boolean keep = true;
    private volatile @Nullable Path saved;

    BenchmarkPrinter(
            Terminal terminal,
            ProgressLine progress,
            ResultsDirectory resultsDirectory,
            BenchmarkPlan plan,
            List<Export> exports,
            boolean verbose) {
        this.terminal = terminal;
        this.progress = progress;
        this.resultsDirectory = resultsDirectory;
        this.exports = exports;
        this.verbose = verbose;
        rounds = plan.rounds();
        count = plan.candidates().size();
        quiet = exports.stream().anyMatch(Export::toStandardOutput);
        details = new HumanReport(
                !terminal.unicode(), terminal.colorOut(), terminal.columns(), terminal.lineColumns(), true);
        summary =
                new SummaryReport(!terminal.unicode(), terminal.colorOut(), terminal.columns(), terminal.lineColumns());
    }

    @Override
    public void onStart(BenchmarkReport report) {
        print(verbose ? details.header(report) : summary.header(report));
    }

    @Override
    public void onProgress(Candidate candidate, BenchmarkProgress step) {
        String stage = switch (step.stage()) {
            case LOAD -> "loading the model";
            case WARM_UP -> "warming up";
            case RUN -> "round " + step.number() + (rounds.fixed() ? " of " + rounds.runs() : "");
            case SILENCE -> "transcribing silence and noise";
            case HASH -> "hashing the model: " + step.number() + " %";
        };
        progress.show(candidate.name() + ": " + stage);
    }

    @Override
    public void onUpdate(BenchmarkReport report) {
        save(report, false);
        measured = report.ranking().size();
    }

    /** Prints the results. */
    void finish(BenchmarkReport report) {
        progress.clear();
        save(report, true);
        if (verbose) {
            report.results().forEach(result -> print(details.result(report, result)));
        }
        print(summary.conclusion(report));
        for (Export export : exports) {
            if (export.toStandardOutput()) {
                terminal.out().print(export.format().apply(report));
                terminal.out().flush();
            }
        }
        Path file = saved;
        if (file != null) {
            Path page = ResultsDirectory.pageOf(file);
            boolean written = write(page, BenchmarkExports.html(report));
            terminal.err().println("Results saved to " + file + (written ? "; a page with charts to " + page : ""));
        }
    }

    /** Returns a line about what an interrupt leaves. */
    String interruptSummary() {
        Path file = saved;
        return "interrupted; " + measured + " of " + count + " candidates have finished a round"
                + (measured == 0 || file == null ? "" : ", results saved to " + file);
    }

    /** Returns whether a requested file lacks the final results. */
    boolean lostAnExport() {
        return !exported;
    }

    /** Prints on standard error if standard output is for an export. */
    void printAlways(String text) {
        PrintWriter target = quiet ? terminal.err() : terminal.out();
        text.lines().forEach(line -> target.println(TerminalText.wrap(line, terminal.lineColumns(), INDENT)));
        target.println();
    }

    private void print(String text) {
        if (!quiet) {
            terminal.out().println(text);
        }
    }

    private void save(BenchmarkReport report, boolean last) {
        exported = true;
        for (Export export : exports) {
            Function<BenchmarkReport, String> format = last ? export.format() : export.unfinished();
            if (!export.toStandardOutput() && format != null) {
                exported &= write(Settings.ofProcess().paths().expand(export.target()), format.apply(report));
            }
        }
        if (keep) {
            keep = saveForLater(report, last);
        }
    }

    private boolean saveForLater(BenchmarkReport report, boolean last) {
        Path file = saved;
        try {
            if (file == null) {
                file = resultsDirectory.claim(report.startedAt());
                saved = file;
            }
        } catch (IOException e) {
            warnOfLost(resultsDirectory.directory(), e);
            return false;
        }
        if (write(file, last ? JsonReport.render(report) : JsonReport.renderUnfinished(report))) {
            return true;
        }
        saved = null;
        return false;
    }

    /** A failure is a warning: a full disk must not stop the measurements. */
    private boolean write(Path file, String content) {
        try {
            AtomicFiles.write(file, content.getBytes(StandardCharsets.UTF_8));
            return true;
        } catch (IOException e) {
            warnOfLost(file, e);
            return false;
        }
    }

    private void warnOfLost(Path file, IOException e) {
        terminal.err().println("warning: cannot write " + file + ": " + DiskErrors.reason(e));
    }
}
