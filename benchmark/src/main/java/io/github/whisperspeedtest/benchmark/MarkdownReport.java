package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.provenance.ModelProvenance;
import io.github.whisperspeedtest.spi.LoadOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Renders a report as GitHub-flavoured Markdown: settings, a table with the fastest first, notes, transcripts, what exactly ran, and
 * warnings. */
public final class MarkdownReport {
    /** Characters that start markup inside a line. */
    private static final Pattern MARKUP = Pattern.compile("[\\\\|`*\\[\\]<>&~]");

    private static final Symbols SYMBOLS = Symbols.UNICODE;

    private MarkdownReport() {}

    /** Returns the whole document. */
    public static String render(BenchmarkReport report) {
        StringBuilder target = new StringBuilder();
        appendHeader(target, report);
        appendTable(target, report);
        appendErrors(target, report);
        appendNotes(target, report);
        appendTexts(target, report);
        appendList(target, facts(report));
        appendList(target, Comparison.sentences(report));
        appendList(
                target,
                Recordings.shortened(report.warnings()).stream()
                        .filter(warning -> !warning.affectsRanking())
                        .map(MarkdownReport::sentences)
                        .toList());
        return target.toString();
    }

    private static String sentences(BenchmarkWarning warning) {
        return "Warning: " + warning.message() + " " + warning.advice();
    }

    private static void appendHeader(StringBuilder target, BenchmarkReport report) {
        BenchmarkEnvironment environment = report.environment();
        BenchmarkSettings settings = report.settings();
        LoadOptions load = settings.load();
        List<String> lines = new ArrayList<>();
        lines.add("Whisper Speedtest " + environment.describeTool() + ", " + report.startedAt());
        lines.add(environment.jvm() + " on " + environment.os());
        lines.add(environment.chip() + ", cores: " + environment.cores() + ", memory: "
                + Quantities.bytes(environment.memoryBytes()));
        lines.add("Model: " + settings.model());
        DatasetSettings dataset = settings.dataset();
        if (dataset != null) {
            lines.add("Data set: " + dataset.describe());
        }
        lines.add("Audio: "
                + (settings.audios().size() > Recordings.SHOWN
                        ? Recordings.describe(settings)
                        : settings.audios().stream()
                                .map(audio ->
                                        audio.name() + " (" + Quantities.duration(audio.duration()) + hash(audio) + ")")
                                .collect(Collectors.joining(", "))));
        lines.add("Options: "
                + settings.options().entrySet().stream()
                        .map(option -> option.getKey().replace('_', ' ') + " " + option.getValue())
                        .collect(Collectors.joining(", ")));
        lines.add("Load: device " + load.device() + ", compute type " + load.computeType() + ", threads "
                + load.threads()
                + settings.describeEngineOptions());
        lines.add("Runs: " + settings.rounds().describe());
        Recordings.shortened(report.warnings()).stream()
                .filter(BenchmarkWarning::affectsRanking)
                .map(MarkdownReport::sentences)
                .forEach(lines::add);
        lines.forEach(line -> target.append("- ").append(escape(line)).append('\n'));
    }

    private static String hash(BenchmarkAudio audio) {
        AudioSource source = audio.source();
        return source == null || source.sha256() == null ? "" : ", sha256 " + source.sha256();
    }

    private static void appendTable(StringBuilder target, BenchmarkReport report) {
        if (report.results().isEmpty()) {
            return;
        }
        List<String> headings = withOrigin(ResultTable.headings(SYMBOLS), "Weights", "Runtime");
        target.append('\n');
        appendRow(target, headings);
        List<String> alignment = new ArrayList<>(Collections.nCopies(headings.size(), "---:"));
        alignment.set(0, ":---");
        alignment.set(headings.size() - 3, ":---");
        alignment.set(headings.size() - 2, ":---");
        alignment.set(headings.size() - 1, ":---");
        target.append("| ").append(String.join(" | ", alignment)).append(" |\n");
        for (Measured result : report.ranking()) {
            List<String> cells = ResultTable.cells(report, result, SYMBOLS);
            appendRow(
                    target,
                    withOrigin(cells, weights(result), result.parameters().runtime()));
        }
        for (BenchmarkResult failure : report.failures()) {
            List<String> cells = new ArrayList<>(Collections.nCopies(headings.size(), ""));
            cells.set(0, report.label(failure));
            cells.set(
                    headings.size() - 1,
                    Stream.of(ResultTable.status(failure), ResultTable.reason(failure), ResultTable.remedy(failure))
                            .filter(part -> !part.isEmpty())
                            .collect(Collectors.joining(": ")));
            appendRow(target, cells);
        }
    }

    private static String weights(Measured result) {
        ModelProvenance model = result.model();
        return model == null ? ResultTable.UNKNOWN : model.weights().get(0).describe();
    }

    /** Inserts weights and runtime before the device. */
    private static List<String> withOrigin(List<String> cells, String weights, String runtime) {
        List<String> more = new ArrayList<>(cells);
        more.add(cells.size() - 1, weights);
        more.add(more.size() - 1, runtime);
        return more;
    }

    private static void appendRow(StringBuilder target, List<String> cells) {
        target.append("| ")
                .append(cells.stream().map(MarkdownReport::escape).collect(Collectors.joining(" | ")))
                .append(" |\n");
    }

    /** Adds a table of the word errors of each implementation, together and in each language. */
    private static void appendErrors(StringBuilder target, BenchmarkReport report) {
        List<Measured> compared = report.ranking().stream()
                .filter(result -> result.errorRate().isPresent())
                .toList();
        if (report.settings().audios().size() == 1 || compared.isEmpty()) {
            return;
        }
        target.append('\n');
        appendRow(
                target,
                List.of(
                        "Implementation",
                        "Language",
                        "Recordings",
                        "Error rate",
                        "Substitutions",
                        "Deletions",
                        "Insertions",
                        "Words or characters"));
        target.append("| :--- | :--- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        for (Measured result : compared) {
            List<LanguageErrors> languages = report.errorsByLanguage(result);
            boolean sameUnit = languages.stream()
                            .map(errors -> errors.errors().unit())
                            .distinct()
                            .count()
                    == 1;
            if (languages.size() > 1 && sameUnit) {
                int recordings =
                        languages.stream().mapToInt(LanguageErrors::recordings).sum();
                appendErrors(
                        target,
                        report.label(result),
                        new LanguageErrors("all", recordings, result.errorRate().orElseThrow()));
            }
            languages.forEach(errors -> appendErrors(target, report.label(result), errors));
        }
    }

    private static void appendErrors(StringBuilder target, String label, LanguageErrors errors) {
        ErrorRate rate = errors.errors();
        appendRow(
                target,
                List.of(
                        label,
                        errors.language(),
                        String.valueOf(errors.recordings()),
                        ResultTable.percent(rate),
                        String.valueOf(rate.substitutions()),
                        String.valueOf(rate.deletions()),
                        String.valueOf(rate.insertions()),
                        String.valueOf(rate.referenceLength())));
    }

    private static void appendNotes(StringBuilder target, BenchmarkReport report) {
        appendList(
                target,
                report.ranking().stream()
                        .flatMap(result ->
                                result.parameters().notes().stream().map(note -> report.label(result) + ": " + note))
                        .toList());
    }

    private static List<String> facts(BenchmarkReport report) {
        return report.ranking().stream()
                .flatMap(result -> RunFacts.of(result).stream()
                        .map(line -> report.label(result) + ", " + line.label().toLowerCase(Locale.ROOT) + ": "
                                + line.value()))
                .toList();
    }

    private static void appendTexts(StringBuilder target, BenchmarkReport report) {
        List<String> texts = new ArrayList<>();
        for (Measured result : report.ranking()) {
            List<String> own = new ArrayList<>();
            for (AudioResult audio : result.audios()) {
                own.add(audio.audio() + ": "
                        + (audio.text().isBlank() ? "(no transcription)" : '"' + audio.text() + '"'));
            }
            Recordings.shortened(own, "text").forEach(text -> texts.add(report.label(result) + ", " + text));
        }
        appendList(target, texts);
    }

    private static void appendList(StringBuilder target, List<String> entries) {
        if (!entries.isEmpty()) {
            target.append('\n');
            entries.forEach(entry -> target.append("- ").append(escape(entry)).append('\n'));
        }
    }

    private static String escape(String text) {
        return MARKUP.matcher(TerminalText.oneLine(text)).replaceAll("\\\\$0");
    }
}
