package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.benchmark.BenchmarkReport;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.benchmark.Quantities;
import io.github.whisperspeedtest.benchmark.SavedReport;
import io.github.whisperspeedtest.benchmark.TerminalText;
import io.github.whisperspeedtest.benchmark.Verdict;
import java.io.IOException;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists the saved results. */
@Command(
        name = "list",
        description = "List the saved results, newest first.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
final class ResultsListCommand implements Callable<Integer> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneId.systemDefault());
    private static final int DATE = 2;
    private static final int RECORDINGS = 4;
    private static final int CANDIDATES = 5;
    private static final int MAX_TEXT_COLUMNS = 40;

    private final Terminal terminal;

    @Mixin
    private CommonOptions common;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(names = "--json", description = "Print the list as JSON, with the files that cannot be read.")
    private boolean json;

    ResultsListCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        ResultsDirectory directory = ResultsDirectory.of(common.library());
        if (json) {
            terminal.out().println(ResultsJson.list(SavedReport.in(directory.directory())));
            return ExitCode.OK;
        }
        terminal.out().println("Results: " + directory.directory());
        terminal.out().println();
        List<SavedReport> reports = directory.readable(terminal);
        if (reports.isEmpty()) {
            terminal.out().println("There are none yet. To measure: whisper-speedtest benchmark");
            return ExitCode.OK;
        }
        TextTable table = new TextTable(
                List.of("#", "Name", "Date", "Models", "Recordings", "Candidates", "Recommended", "Speed"), 7);
        for (int i = 0; i < reports.size(); i++) {
            add(table, i + 1, reports.get(i));
        }
        table.lines(terminal.columns(), RECORDINGS, DATE, CANDIDATES).forEach(terminal.out()::println);
        return ExitCode.OK;
    }

    private static void add(TextTable table, int number, SavedReport saved) {
        BenchmarkReport report = Objects.requireNonNull(saved.report(), "report");
        Optional<Measured> best = Verdict.recommended(report);
        table.add(
                String.valueOf(number),
                text(saved.name()),
                TIME.format(report.startedAt()),
                text(report.settings().model()),
                text(report.settings().describeRecordings()),
                String.valueOf(report.results().size()),
                best.map(result -> text(result.candidate().name())).orElse("none"),
                best.map(result -> Quantities.number(report.speed(result)) + "\u00D7")
                        .orElse(""));
    }

    private static String text(String value) {
        return TerminalText.cut(TerminalText.oneLine(value), MAX_TEXT_COLUMNS, "...");
    }
}
