package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.benchmark.Standings.Standing;
import io.github.whisperspeedtest.format.FallbackText;
import io.github.whisperspeedtest.transcription.EngineParameters;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Renders the essence of a report for a terminal: one line for each candidate with a bar for its speed, the verdict, each kind of warning
 * once, and what to do next. {@link HumanReport} has the details.
 */
public final class SummaryReport {
    private static final String GAP = "  ";
    private static final int BAR_COLUMNS = 12;
    private static final int MAX_LABEL_COLUMNS = 30;
    private static final String UNRANKED = "-";

    private final Symbols symbols;
    private final boolean ascii;
    private final boolean color;
    private final int columns;
    private final int lineColumns;

    /**
     * Creates a renderer.
     *
     * @param ascii whether to use ASCII symbols, such as {@code #} for bars; names are not converted
     * @param color whether to use ANSI escape sequences
     * @param columns the width of the table
     * @param lineColumns the width at which other lines wrap, {@link Integer#MAX_VALUE} for never
     */
    public SummaryReport(boolean ascii, boolean color, int columns, int lineColumns) {
        symbols = ascii ? Symbols.ASCII : Symbols.UNICODE;
        this.ascii = ascii;
        this.color = color;
        this.columns = columns;
        this.lineColumns = lineColumns;
    }

    /** Returns two lines with the machine, the models, the recordings and the options. */
    public String header(BenchmarkReport report) {
        BenchmarkEnvironment environment = report.environment();
        BenchmarkSettings settings = report.settings();
        DatasetSettings dataset = settings.dataset();
        boolean many = settings.audios().size() > 1;
        String audio = settings.describeRecordings() + (dataset == null || !many ? "" : ", " + dataset.path());
        return wrap("Whisper Speedtest " + environment.describeTool() + " on " + environment.chip() + ", "
                        + Quantities.counted(environment.cores(), "core") + ", "
                        + Quantities.bytes(environment.memoryBytes()))
                + "\n"
                + wrap("Model " + settings.model() + "; " + audio + "; language "
                        + settings.options().get("language") + "; "
                        + threads(settings))
                + "\n";
    }

    /** Returns the numbers of threads, several for a sweep. */
    private static String threads(BenchmarkSettings settings) {
        List<Integer> numbers = settings.candidates().stream()
                .map(candidate -> candidate.load().threads())
                .distinct()
                .toList();
        return numbers.size() > 1
                ? numbers.stream().map(String::valueOf).collect(Collectors.joining(", ")) + " threads"
                : Quantities.counted(settings.load().threads(), "thread");
    }

    /** Returns the table, the verdict, the warnings and what to do next; empty without results. */
    public String conclusion(BenchmarkReport report) {
        if (report.results().isEmpty()) {
            return "";
        }
        StringBuilder target = new StringBuilder();
        Standings standings = Standings.of(report);
        appendTable(target, report, standings);
        appendFallbacks(target, report);
        for (Standing standing : standings.all()) {
            standing.describeUnranked(report)
                    .ifPresent(sentence -> target.append(wrap(sentence + ".")).append('\n'));
        }
        String verdict = Verdict.of(report, standings).sentence();
        if (!verdict.isEmpty()) {
            target.append('\n').append(style(TextStyle.BOLD, wrap(verdict))).append('\n');
        }
        appendWarnings(target, report);
        List<String> next = report.ranking().isEmpty() ? List.of() : Verdict.nextSteps(report);
        if (!next.isEmpty()) {
            target.append('\n');
            next.forEach(line ->
                    target.append(TerminalText.wrap(line, lineColumns, 4)).append('\n'));
        }
        return target.toString();
    }

    private void appendTable(StringBuilder target, BenchmarkReport report, Standings standings) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("", "", "", "Speed", "Errors", "Silence", "Memory", "Load", "Type", "Device"));
        List<TextStyle> styles = new ArrayList<>(List.of(TextStyle.BOLD));
        double fastest =
                report.ranking().stream().mapToDouble(report::speed).max().orElse(1);
        for (List<Standing> set : standings.sets()) {
            for (Standing standing : set) {
                rows.add(cells(report, standing, fastest));
                boolean first = standing.rank() != null && standing.rank().bestRank() == 1;
                styles.add(first ? TextStyle.GREEN : TextStyle.PLAIN);
            }
        }
        int[] widths = new int[rows.get(0).size()];
        rows.forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], TerminalText.columns(row.get(i)));
            }
        });
        int failedWidth = report.failures().stream()
                .mapToInt(failure -> TerminalText.columns(cut(report.label(failure), MAX_LABEL_COLUMNS)))
                .max()
                .orElse(0);
        widths[1] = Math.max(widths[1], failedWidth);
        List<Integer> shown = shownColumns(
                widths, report.ranking().stream().anyMatch(result -> result.silentWordsPerMinute() != null));
        for (int i = 0; i < rows.size(); i++) {
            List<String> row = rows.get(i);
            String line = shown.stream()
                    .map(column -> column < 3 || column > 7
                            ? TerminalText.pad(row.get(column), widths[column])
                            : TerminalText.padLeft(row.get(column), widths[column]))
                    .collect(Collectors.joining(GAP));
            target.append(style(styles.get(i), TerminalText.cut(line.stripTrailing(), columns, symbols.ellipsis())))
                    .append('\n');
        }
        for (BenchmarkResult failure : report.failures()) {
            String line = TerminalText.pad(UNRANKED, widths[0]) + GAP
                    + TerminalText.pad(cut(report.label(failure), MAX_LABEL_COLUMNS), widths[1]) + GAP
                    + ResultTable.status(failure) + ": " + ResultTable.reason(failure);
            String remedy = ResultTable.remedy(failure);
            int indent = widths[0] + GAP.length();
            target.append(style(TextStyle.RED, TerminalText.wrap(TerminalText.oneLine(line), lineColumns, indent)))
                    .append('\n');
            if (!remedy.isEmpty()) {
                target.append(TerminalText.wrap(" ".repeat(indent) + TerminalText.oneLine(remedy), lineColumns, 0))
                        .append('\n');
            }
        }
    }

    private List<String> cells(BenchmarkReport report, Standing standing, double fastest) {
        Measured result = standing.result();
        EngineParameters parameters = result.parameters();
        String rank = standing.rank() == null ? UNRANKED : standing.rank().describe();
        return List.of(
                ascii ? rank.replace('\u2013', '-') : rank,
                cut(report.label(result), MAX_LABEL_COLUMNS),
                bar(report.speed(result) / fastest),
                Quantities.number(report.speed(result)) + symbols.times(),
                ResultTable.errorRate(result),
                silence(result),
                ResultTable.memory(result),
                Quantities.duration(result.load()),
                cut(TerminalText.oneLine(parameters.computeType()), 10),
                parameters.fallback() == null
                        ? TerminalText.oneLine(parameters.device()).replaceFirst(" \\(.*", "") + Device.note(parameters)
                        : FallbackText.of(parameters.device(), ""));
    }

    /** Leaves out the load time, the memory, the type and the bars, in this order, until the table fits. */
    private List<Integer> shownColumns(int[] widths, boolean silenceChecked) {
        List<Integer> shown = new ArrayList<>();
        for (int i = 0; i < widths.length; i++) {
            shown.add(i);
        }
        if (!silenceChecked) {
            shown.remove(Integer.valueOf(5));
        }
        for (Integer optional : List.of(7, 6, 8, 2)) {
            int width = shown.stream()
                            .mapToInt(column -> widths[column] + GAP.length())
                            .sum()
                    - GAP.length();
            if (width <= columns) {
                break;
            }
            shown.remove(optional);
        }
        return shown;
    }

    private static String silence(Measured result) {
        Double words = result.silentWordsPerMinute();
        return words == null ? ResultTable.UNKNOWN : Quantities.number(words) + "/min";
    }

    /** Returns a bar to an eighth of a column. */
    private String bar(double fraction) {
        int eighths = (int) Math.max(1, Math.round(fraction * BAR_COLUMNS * 8));
        if (ascii) {
            return "#".repeat(Math.max(1, eighths / 8));
        }
        String full = "\u2588".repeat(eighths / 8);
        int rest = eighths % 8;
        return rest == 0 ? full : full + (char) (0x2590 - rest);
    }

    /** Names the reasons for fallbacks, each once with its candidates. */
    private void appendFallbacks(StringBuilder target, BenchmarkReport report) {
        Map<String, List<String>> byReason = new LinkedHashMap<>();
        for (Measured result : report.ranking()) {
            String fallback = result.parameters().fallback();
            if (fallback != null) {
                byReason.computeIfAbsent(fallback, unused -> new ArrayList<>()).add(result.implementation());
            }
        }
        if (!byReason.isEmpty()) {
            String reasons = byReason.entrySet().stream()
                    .map(entry -> entry.getValue().stream().distinct().collect(Collectors.joining(", ")) + ": "
                            + entry.getKey())
                    .collect(Collectors.joining("; "));
            target.append(wrap("Fallbacks: " + reasons + ".")).append('\n');
        }
    }

    private void appendWarnings(StringBuilder target, BenchmarkReport report) {
        Map<BenchmarkWarning.Kind, List<BenchmarkWarning>> byKind = new EnumMap<>(BenchmarkWarning.Kind.class);
        report.warnings()
                .forEach(warning -> byKind.computeIfAbsent(warning.kind(), unused -> new ArrayList<>())
                        .add(warning));
        if (!byKind.isEmpty()) {
            target.append('\n');
        }
        byKind.forEach((kind, warnings) -> target.append(
                        style(TextStyle.YELLOW, wrap("Warning: " + merged(kind, warnings) + " " + kind.advice())))
                .append('\n'));
    }

    private static String merged(BenchmarkWarning.Kind kind, List<BenchmarkWarning> warnings) {
        String first = warnings.get(0).message();
        if (warnings.size() == 1) {
            return first;
        }
        List<String> labels = warnings.stream()
                .map(BenchmarkWarning::implementation)
                .filter(Objects::nonNull)
                .toList();
        return labels.isEmpty()
                ? first + " There are " + (warnings.size() - 1) + " more of this kind."
                : kind.summary() + ": " + String.join(", ", labels) + ".";
    }

    private String cut(String text, int maxColumns) {
        return TerminalText.cut(TerminalText.oneLine(text), maxColumns, symbols.ellipsis());
    }

    private String wrap(String sentence) {
        return TerminalText.wrap(TerminalText.oneLine(sentence), lineColumns, 0);
    }

    private String style(TextStyle style, String text) {
        return style.apply(text, color);
    }
}
