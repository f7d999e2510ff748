package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.format.FallbackText;
import io.github.whisperspeedtest.provenance.ModelProvenance;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Timings;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Renders a report for a terminal.
 *
 * <p>{@link #render} returns the whole report. The other methods return its parts, for a program that shows each result as soon as
 * it is available. Every part ends with a line feed. The table omits columns that do not fit; their values are in the results.
 */
public final class HumanReport {
    private static final int DEFAULT_COLUMNS = 80;
    private static final int MAX_IMPLEMENTATION_COLUMNS = 20;
    private static final int MAX_TYPE_COLUMNS = 10;
    private static final int MIN_DEVICE_COLUMNS = 6;
    private static final int MAX_TEXT_CHARACTERS = 100;
    private static final int LABEL_COLUMNS = 13;
    private static final String GAP = "  ";
    private static final String WARNING = "Warning:";

    private final Symbols symbols;
    private final boolean color;
    private final int tableColumns;
    private final int lineColumns;
    private final boolean details;

    /** Creates a renderer whose table fits 80 columns and whose other lines are not wrapped. */
    public HumanReport(boolean ascii, boolean color) {
        this(ascii, color, DEFAULT_COLUMNS, Integer.MAX_VALUE);
    }

    /**
     * Creates a renderer.
     *
     * @param ascii whether to use ASCII symbols, such as {@code +-} for ±; names and transcripts are not converted
     * @param color whether to use ANSI escape sequences
     * @param tableColumns the width of the table
     * @param lineColumns the width at which other lines wrap, {@link Integer#MAX_VALUE} for never
     */
    public HumanReport(boolean ascii, boolean color, int tableColumns, int lineColumns) {
        this(ascii, color, tableColumns, lineColumns, false);
    }

    /**
     * Creates a renderer.
     *
     * @param ascii whether to use ASCII symbols
     * @param color whether to use ANSI escape sequences
     * @param tableColumns the width of the table
     * @param lineColumns the width at which other lines wrap
     * @param details whether to show every file with its hash, the engine's build and all options of each result
     */
    public HumanReport(boolean ascii, boolean color, int tableColumns, int lineColumns, boolean details) {
        this.details = details;
        this.tableColumns = tableColumns;
        this.lineColumns = lineColumns;
        this.symbols = ascii ? Symbols.ASCII : Symbols.UNICODE;
        this.color = color;
    }

    /** Returns the header, each result, and the conclusion, with empty lines between them. */
    public String render(BenchmarkReport report) {
        List<String> parts = new ArrayList<>();
        parts.add(header(report));
        report.results().forEach(result -> parts.add(result(report, result)));
        parts.add(conclusion(report));
        return parts.stream().filter(part -> !part.isEmpty()).collect(Collectors.joining("\n"));
    }

    /** Returns the environment and the settings. */
    public String header(BenchmarkReport report) {
        BenchmarkEnvironment environment = report.environment();
        BenchmarkSettings settings = report.settings();
        StringBuilder target = new StringBuilder();
        target.append(style(TextStyle.BOLD, "Whisper Speedtest " + TerminalText.oneLine(environment.describeTool())))
                .append(", ")
                .append(report.startedAt().truncatedTo(ChronoUnit.SECONDS))
                .append('\n');
        line(target, "JVM", environment.jvm());
        line(target, "OS", environment.os());
        line(
                target,
                "Machine",
                environment.chip() + ", " + Quantities.counted(environment.cores(), "core") + ", "
                        + Quantities.bytes(environment.memoryBytes()) + " memory");
        line(target, "Model", settings.model());
        DatasetSettings dataset = settings.dataset();
        if (dataset != null) {
            line(target, "Data set", dataset.describe());
        }
        appendAudios(target, settings);
        line(
                target,
                "Options",
                settings.options().entrySet().stream()
                        .map(option -> option.getKey().replace('_', ' ') + " " + option.getValue())
                        .collect(Collectors.joining(", ")));
        LoadOptions load = settings.load();
        line(
                target,
                "Load",
                "device " + load.device() + ", compute type " + load.computeType() + ", "
                        + Quantities.counted(load.threads(), "thread")
                        + settings.describeEngineOptions());
        line(target, "Runs", settings.rounds().describe());
        return target.toString();
    }

    /** Lists a few recordings, and describes many in one line. */
    private void appendAudios(StringBuilder target, BenchmarkSettings settings) {
        List<BenchmarkAudio> audios = settings.audios();
        String label = "Audio";
        if (audios.size() > Recordings.SHOWN) {
            line(target, label, Recordings.describe(settings));
            label = "";
        }
        if (audios.size() <= Recordings.SHOWN || details) {
            for (BenchmarkAudio audio : audios) {
                line(target, label, audio.name() + " (" + Quantities.duration(audio.duration()) + ")");
                label = "";
            }
        }
        List<String> warnings = audios.stream()
                .flatMap(audio -> audio.warnings().stream().map(warning -> audio.name() + ": " + warning))
                .toList();
        shown(warnings, "warning").forEach(warning -> line(target, "Warning", warning));
    }

    /** Returns the first few lines and the number of the others, or all if details are wanted. */
    private List<String> shown(List<String> lines, String noun) {
        return details ? lines : Recordings.shortened(lines, noun);
    }

    /**
     * Returns the result of one implementation.
     *
     * @param report the report of the result, for the length of the audio
     */
    public String result(BenchmarkReport report, BenchmarkResult result) {
        StringBuilder target = new StringBuilder();
        TextStyle style = result instanceof Measured ? TextStyle.BOLD : TextStyle.RED;
        target.append(style(style, TerminalText.oneLine(report.label(result))))
                .append(' ')
                .append(TerminalText.oneLine(result.version()))
                .append('\n');
        if (result instanceof Measured measured) {
            appendMeasured(target, report, measured);
        } else {
            line(target, "Status", ResultTable.status(result));
            line(target, "Reason", ResultTable.reason(result));
            String remedy = ResultTable.remedy(result);
            if (!remedy.isEmpty()) {
                line(target, "Remedy", remedy);
            }
        }
        return target.toString();
    }

    /**
     * Returns the table with the fastest first, the comparison with the fastest, and the warnings; empty without results. Warnings about
     * the ranking precede the table.
     */
    public String conclusion(BenchmarkReport report) {
        if (report.results().isEmpty()) {
            return "";
        }
        StringBuilder target = new StringBuilder();
        List<BenchmarkWarning> warnings = details ? report.warnings() : Recordings.shortened(report.warnings());
        List<BenchmarkWarning> rankingWarnings =
                warnings.stream().filter(BenchmarkWarning::affectsRanking).toList();
        if (!rankingWarnings.isEmpty()) {
            appendWarnings(target, rankingWarnings);
            target.append('\n');
        }
        appendTable(target, report);
        List<String> comparison = Comparison.sentences(report);
        if (!comparison.isEmpty()) {
            target.append('\n');
            comparison.forEach(sentence -> target.append(wrap(sentence)).append('\n'));
        }
        List<BenchmarkWarning> others =
                warnings.stream().filter(warning -> !warning.affectsRanking()).toList();
        if (!others.isEmpty()) {
            target.append('\n');
            appendWarnings(target, others);
        }
        return target.toString();
    }

    private void appendWarnings(StringBuilder target, List<BenchmarkWarning> warnings) {
        warnings.forEach(warning -> target.append(style(TextStyle.YELLOW, WARNING))
                .append(wrap(WARNING + " " + warning.message() + " " + warning.advice())
                        .substring(WARNING.length()))
                .append('\n'));
    }

    private void appendMeasured(StringBuilder target, BenchmarkReport report, Measured result) {
        Statistics statistics = result.statistics();
        line(target, "Median", Quantities.duration(statistics.median()));
        line(
                target,
                "Mean " + symbols.plusMinus() + " " + symbols.sigma(),
                ResultTable.mean(statistics, symbols) + " (" + Quantities.counted(statistics.count(), "run") + ")");
        line(
                target,
                "Min " + symbols.ellipsis() + " max",
                Quantities.duration(statistics.min()) + " " + symbols.ellipsis() + " "
                        + Quantities.duration(statistics.max()));
        line(
                target,
                "Speed",
                Quantities.number(report.speed(result)) + symbols.times() + " real time (real-time factor "
                        + Quantities.number(report.realTimeFactor(result)) + ")");
        Timings timings = result.timings();
        if (timings != null) {
            line(target, "Stages", stages(timings));
        }
        result.meanCores().ifPresent(cores -> line(target, "CPU", cores.describe()));
        line(target, "Load", Quantities.duration(result.load()));
        line(target, "First run", Quantities.duration(result.firstRun()));
        line(target, "Peak memory", ResultTable.memory(result));
        result.times()
                .meanJoules()
                .ifPresent(joules -> line(
                        target,
                        "Energy",
                        Quantities.number(joules
                                        / (report.settings().audioDuration().toMillis() / 60_000.0))
                                + " J per minute of audio, the whole processor"));
        addErrorRates(target, result);
        Double silentWords = result.silentWordsPerMinute();
        if (silentWords != null) {
            line(target, "Silence", Quantities.number(silentWords) + " words in a minute of silence and noise");
        }
        List<LanguageErrors> languages = report.errorsByLanguage(result);
        if (languages.size() > 1) {
            shown(
                            languages.stream()
                                    .map(errors -> errors.language() + " " + describe(errors.errors()))
                                    .toList(),
                            "language")
                    .forEach(line -> line(target, "", line));
        }
        EngineParameters parameters = result.parameters();
        line(
                target,
                "Parameters",
                parameters.model() + ", " + parameters.runtime() + ", " + parameters.computeType() + ", "
                        + Quantities.counted(parameters.threads(), "thread") + ", " + Device.describe(parameters));
        ModelProvenance model = result.model();
        if (model != null) {
            line(target, "Weights", model.describe());
        }
        if (details) {
            RunFacts.of(result).forEach(fact -> line(target, fact.label(), fact.value()));
        }
        parameters.notes().forEach(note -> line(target, "Note", note));
        boolean several = report.settings().audios().size() > 1;
        String label = "Text";
        for (String text : shown(
                result.audios().stream()
                        .map(audio -> (several ? audio.audio() + ": " : "") + quote(audio.text()))
                        .toList(),
                "text")) {
            line(target, label, text);
            label = "";
        }
    }

    private static String stages(Timings timings) {
        List<String> stages = new ArrayList<>();
        addStage(stages, "mel", timings.mel());
        addStage(stages, "encode", timings.encode());
        addStage(stages, "decode", timings.decode());
        return stages.isEmpty() ? ResultTable.UNKNOWN : String.join(", ", stages);
    }

    private static void addStage(List<String> stages, String name, @Nullable Duration time) {
        if (time != null) {
            stages.add(name + " " + Quantities.duration(time));
        }
    }

    private void addErrorRates(StringBuilder target, Measured result) {
        List<ErrorRate> rates = Stream.of(result.wordErrorRate(), result.characterErrorRate())
                .flatMap(Optional::stream)
                .toList();
        if (rates.isEmpty()) {
            line(target, ErrorRate.Unit.WORD.abbreviation(), ResultTable.UNKNOWN);
        }
        for (ErrorRate rate : rates) {
            line(target, rate.unit().abbreviation(), describe(rate));
        }
    }

    private static String describe(ErrorRate rate) {
        return Quantities.percent(rate.rate()) + " (" + Quantities.counted(rate.errors(), "error") + " in "
                + Quantities.counted(rate.referenceLength(), rate.unit().noun()) + ")";
    }

    private static String quote(String text) {
        String line = TerminalText.oneLine(text);
        if (line.isEmpty()) {
            return "(no transcription)";
        }
        if (line.codePointCount(0, line.length()) <= MAX_TEXT_CHARACTERS) {
            return '"' + line + '"';
        }
        return '"' + line.substring(0, line.offsetByCodePoints(0, MAX_TEXT_CHARACTERS)) + "...\"";
    }

    private void appendTable(StringBuilder target, BenchmarkReport report) {
        List<Measured> ranking = report.ranking();
        List<BenchmarkResult> failures = report.failures();
        List<List<String>> all = new ArrayList<>();
        all.add(ResultTable.headings(symbols));
        ranking.forEach(result -> all.add(withShortenedWords(ResultTable.cells(report, result, symbols))));
        List<String> failed = failures.stream()
                .map(failure -> cut(report.label(failure), MAX_IMPLEMENTATION_COLUMNS))
                .toList();
        int device = ranking.stream()
                .mapToInt(result -> TerminalText.columns(shortDevice(result.parameters())))
                .max()
                .orElse(0);
        List<List<String>> rows = fitted(all, failed, Math.max(device, MIN_DEVICE_COLUMNS));
        int[] widths = widths(rows, failed);
        int last = widths.length - 1;
        for (int i = 0; i < rows.size(); i++) {
            List<String> row = rows.get(i);
            StringBuilder line = new StringBuilder(TerminalText.pad(row.get(0), widths[0]));
            for (int column = 1; column < last; column++) {
                line.append(GAP).append(TerminalText.padLeft(row.get(column), widths[column]));
            }
            line.append(GAP)
                    .append(i == 0 ? row.get(last) : device(ranking.get(i - 1).parameters(), widths[last]));
            TextStyle style = i == 0 ? TextStyle.BOLD : i == 1 ? TextStyle.GREEN : TextStyle.PLAIN;
            target.append(style(style, cut(line.toString(), tableColumns))).append('\n');
        }
        for (int i = 0; i < failures.size(); i++) {
            String line = TerminalText.pad(failed.get(i), widths[0]) + GAP + ResultTable.status(failures.get(i)) + " - "
                    + ResultTable.reason(failures.get(i));
            target.append(style(TextStyle.RED, cut(line, tableColumns))).append('\n');
        }
        appendFallbacks(target, report, widths[last]);
    }

    /** Names the reasons for fallbacks that the table has no room for. */
    private void appendFallbacks(StringBuilder target, BenchmarkReport report, int columns) {
        List<String> lines = report.ranking().stream()
                .filter(result -> result.parameters().fallback() != null)
                .filter(result ->
                        TerminalText.columns(TerminalText.oneLine(Device.describe(result.parameters()))) > columns)
                .map(result -> report.label(result) + ": " + Device.describe(result.parameters()))
                .toList();
        if (!lines.isEmpty()) {
            target.append('\n');
            lines.forEach(line -> target.append(wrap(line)).append('\n'));
        }
    }

    private List<String> withShortenedWords(List<String> cells) {
        List<String> shorter = new ArrayList<>(cells);
        shorter.set(0, cut(cells.get(0), MAX_IMPLEMENTATION_COLUMNS));
        int type = cells.size() - 2;
        shorter.set(type, cut(cells.get(type), MAX_TYPE_COLUMNS));
        return shorter;
    }

    /** Drops optional columns until the devices fit. */
    private List<List<String>> fitted(List<List<String>> rows, List<String> failed, int device) {
        List<Integer> left = new ArrayList<>(ResultTable.OPTIONAL);
        Set<Integer> dropped = new HashSet<>();
        List<List<String>> fitted = rows;
        while (!left.isEmpty() && lastOf(widths(fitted, failed)) < device) {
            dropped.add(left.remove(0));
            fitted = rows.stream().map(row -> without(dropped, row)).toList();
        }
        return fitted;
    }

    private static int lastOf(int[] widths) {
        return widths[widths.length - 1];
    }

    private static List<String> without(Set<Integer> dropped, List<String> row) {
        return IntStream.range(0, row.size())
                .filter(column -> !dropped.contains(column))
                .mapToObj(row::get)
                .toList();
    }

    /** Returns the widths of the columns. The last column gets the remaining width. */
    private int[] widths(List<List<String>> rows, List<String> failed) {
        int last = rows.get(0).size() - 1;
        int[] widths = new int[last + 1];
        widths[0] = failed.stream().mapToInt(TerminalText::columns).max().orElse(0);
        int left = tableColumns;
        for (int column = 0; column < last; column++) {
            for (List<String> row : rows) {
                widths[column] = Math.max(widths[column], TerminalText.columns(row.get(column)));
            }
            left -= widths[column] + GAP.length();
        }
        widths[last] = Math.max(0, left);
        return widths;
    }

    private static String shortDevice(EngineParameters parameters) {
        String device = TerminalText.oneLine(parameters.device());
        if (parameters.fallback() != null) {
            return FallbackText.of(device, "") + Device.note(parameters);
        }
        return (Device.namesEngine(parameters) ? device : device.replaceFirst(" \\(.*", "")) + Device.note(parameters);
    }

    /** Drops details of the device before it shortens the note about the requested device. */
    private String device(EngineParameters parameters, int columns) {
        if (parameters.fallback() != null) {
            String whole = TerminalText.oneLine(Device.describe(parameters));
            return cut(TerminalText.columns(whole) <= columns ? whole : shortDevice(parameters), columns);
        }
        String note = Device.note(parameters);
        String device = TerminalText.oneLine(parameters.device());
        int room = Math.max(MIN_DEVICE_COLUMNS, columns - TerminalText.columns(note));
        int details = device.indexOf(" (");
        if (TerminalText.columns(device) > room && details > 0 && !Device.namesEngine(parameters)) {
            device = device.substring(0, details);
        }
        return cut(cut(device, room) + note, columns);
    }

    private String cut(String text, int columns) {
        return TerminalText.cut(TerminalText.oneLine(text), columns, symbols.ellipsis());
    }

    private void line(StringBuilder target, String label, String value) {
        StringBuilder line = new StringBuilder(GAP)
                .append(TerminalText.pad(label, LABEL_COLUMNS))
                .append(TerminalText.oneLine(value));
        target.append(TerminalText.wrap(line.toString(), lineColumns, LABEL_COLUMNS))
                .append('\n');
    }

    private String wrap(String sentence) {
        return TerminalText.wrap(TerminalText.oneLine(sentence), lineColumns, 0);
    }

    private String style(TextStyle style, String text) {
        return style.apply(text, color);
    }
}
