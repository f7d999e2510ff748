package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.benchmark.BenchmarkReport;
import io.github.whisperspeedtest.benchmark.HtmlReport;
import io.github.whisperspeedtest.benchmark.JsonReport;
import io.github.whisperspeedtest.benchmark.Machine;
import io.github.whisperspeedtest.benchmark.MachineTable;
import io.github.whisperspeedtest.benchmark.TerminalText;
import io.github.whisperspeedtest.files.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the results of several machines in one table. */
@Command(
        name = "merge",
        description = "Show the results of several machines in one table.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        footer = {
            "",
            "Examples:",
            "  whisper-speedtest results merge laptop.json server.json",
            "  whisper-speedtest results merge 1 2 3 --json -o merged.json",
            "  whisper-speedtest results merge laptop.json server.json --html -o machines.html"
        })
final class ResultsMergeCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(names = "--json", description = "List the results as JSON instead of a table.")
    private boolean json;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(names = "--html", description = "Write one HTML page with charts instead of a table.")
    private boolean html;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write to a file instead of standard output.")
    private @Nullable Path output;

    @Parameters(paramLabel = "RESULTS", arity = "1..*", description = "Files, or numbers or names of 'results list'.")
    private List<String> names = new ArrayList<>();

    ResultsMergeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (json && html) {
            throw new ParameterException(spec.commandLine(), "--json and --html exclude each other");
        }
        ResultsDirectory directory = ResultsDirectory.of(common.library());
        List<BenchmarkReport> reports = new ArrayList<>();
        for (String name : names) {
            reports.add(Objects.requireNonNull(directory.find(name).report(), "report"));
        }
        MachineTable table = MachineTable.of(reports);
        String text = html
                ? HtmlReport.render(reports.stream().map(JsonReport::render).toList())
                : json ? ResultsJson.machines(table) + "\n" : text(table);
        if (output == null) {
            terminal.out().print(text);
            terminal.out().flush();
        } else {
            AtomicFiles.write(output, text.getBytes(StandardCharsets.UTF_8));
            terminal.err().println("Written to " + output);
        }
        return ExitCode.OK;
    }

    /** Names the machines above the table if their names do not fit into it. */
    private String text(MachineTable table) {
        List<String> names = table.machines().stream()
                .map(Machine::describe)
                .map(TerminalText::oneLine)
                .toList();
        List<String> full = lines(table, names);
        if (full.stream().allMatch(line -> TerminalText.columns(line) <= terminal.columns())) {
            return String.join("\n", full) + "\n";
        }
        List<String> numbers = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < names.size(); i++) {
            numbers.add("[" + (i + 1) + "]");
            text.append(numbers.get(i)).append(' ').append(names.get(i)).append('\n');
        }
        return text.append('\n')
                .append(String.join("\n", lines(table, numbers)))
                .append('\n')
                .toString();
    }

    private static List<String> lines(MachineTable table, List<String> machines) {
        boolean severalRecordings = table.rows().stream()
                        .map(MachineTable.Row::recordings)
                        .distinct()
                        .count()
                > 1;
        List<String> headings = new ArrayList<>(List.of("Candidate"));
        headings.addAll(machines);
        TextTable text = new TextTable(headings, headings.size());
        String recordings = "";
        for (MachineTable.Row row : table.rows()) {
            if (severalRecordings && !row.recordings().equals(recordings)) {
                recordings = row.recordings();
                text.add(rowOf(headings.size(), "with " + TerminalText.oneLine(recordings) + ":"));
            }
            add(text, row);
        }
        return text.lines(Integer.MAX_VALUE);
    }

    private static List<String> rowOf(int columns, String first) {
        List<String> cells = new ArrayList<>(List.of(first));
        while (cells.size() < columns) {
            cells.add("");
        }
        return cells;
    }

    /** Adds a line for each of the repeated results, newest first. */
    private static void add(TextTable text, MachineTable.Row row) {
        int height = row.cells().stream().mapToInt(List::size).max().orElse(0);
        for (int line = 0; line < height; line++) {
            int number = line;
            List<String> cells = new ArrayList<>(List.of(line == 0 ? TerminalText.oneLine(row.candidate()) : ""));
            cells.addAll(row.cells().stream()
                    .map(all -> number < all.size()
                            ? TerminalText.oneLine(all.get(number).describe())
                            : number == 0 ? "-" : "")
                    .collect(Collectors.toList()));
            text.add(cells);
        }
    }
}
