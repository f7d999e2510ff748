package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Failed;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.format.Seconds;
import io.github.whisperspeedtest.provenance.ModelProvenance;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.EngineParameters;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A report as comma-separated values: a header line, then one line per candidate, fastest first.
 *
 * <p>Follows RFC 4180, without line breaks inside cells. Times are in seconds. A cell is empty if its value is unknown. Notes, weights files, and
 * texts, files and hashes of several recordings are joined with {@code |} in one cell. Text that a spreadsheet would evaluate as a formula is prefixed with
 * an apostrophe (source: OWASP, "CSV Injection").
 */
public final class CsvReport {
    private static final List<String> HEADINGS = List.of(
            "implementation",
            "version",
            "status",
            "failure_category",
            "model",
            "audio_seconds",
            "runs",
            "median_seconds",
            "mean_seconds",
            "standard_deviation_seconds",
            "min_seconds",
            "max_seconds",
            "real_time_factor",
            "speed",
            "load_seconds",
            "first_run_seconds",
            "peak_memory_bytes",
            "word_error_rate",
            "engine_model",
            "runtime",
            "requested_device",
            "device",
            "device_differs",
            "compute_type",
            "threads",
            "own_cores",
            "other_cores",
            "stolen_cores",
            "machine_busy",
            "notes",
            "text",
            "reason",
            "remedy",
            "audio_warnings",
            "trained_model",
            "repository",
            "commit",
            "weights",
            "weights_sha256",
            "architecture",
            "stored_type",
            "build",
            "fallback",
            "options",
            "requested_compute_type",
            "engine_options",
            "tool_version",
            "tool_commit",
            "jvm",
            "os",
            "chip",
            "started_at",
            "audio_files",
            "audio_sha256",
            "dataset",
            "dataset_layout",
            "dataset_entries",
            "dataset_limit",
            "dataset_seed",
            "recordings",
            "substitutions",
            "deletions",
            "insertions",
            "reference_words",
            "candidate",
            "cold_start_seconds",
            "character_error_rate",
            "silent_words_per_minute");
    private static final int MEASURED_COLUMNS = 25;
    private static final int ORIGIN_COLUMNS = 10;
    private static final String SEPARATOR = " | ";
    private static final String FORMULA_STARTS = "=+-@";

    private CsvReport() {}

    /** Returns the whole file. */
    public static String render(BenchmarkReport report) {
        StringBuilder target = new StringBuilder();
        appendLine(target, HEADINGS.stream());
        Stream.concat(report.ranking().stream(), report.failures().stream())
                .forEach(result -> appendLine(target, cells(report, result)));
        return target.toString();
    }

    private static Stream<String> cells(BenchmarkReport report, BenchmarkResult result) {
        Stream<String> all = Stream.of(
                text(result.implementation()),
                text(result.version()),
                status(result),
                result instanceof Failed failed ? failed.category().name().toLowerCase(Locale.ROOT) : "",
                text(result.candidate().model()),
                seconds(report.settings().audioDuration()));
        Stream<String> measured = result instanceof Measured numbers
                ? measuredCells(report, numbers)
                : Stream.generate(() -> "").limit(MEASURED_COLUMNS);
        Stream<String> failure = Stream.of(text(ResultTable.reason(result)), text(ResultTable.remedy(result)));
        Stream<String> warnings = Stream.of(text(report.settings().audios().stream()
                .flatMap(audio -> audio.warnings().stream().map(warning -> audio.name() + ": " + warning))
                .collect(Collectors.joining(SEPARATOR))));
        Stream<String> origin = result instanceof Measured ran
                ? originCells(ran)
                : Stream.generate(() -> "").limit(ORIGIN_COLUMNS);
        Stream<String> added = Stream.of(
                text(result.candidate().name()),
                result instanceof Measured ran && ran.times().coldStart() != null
                        ? seconds(ran.times().coldStart())
                        : "",
                result instanceof Measured ran ? rate(ran.characterErrorRate()) : "",
                result instanceof Measured ran && ran.silentWordsPerMinute() != null
                        ? number(ran.silentWordsPerMinute())
                        : "");
        return Stream.of(
                        all,
                        measured,
                        failure,
                        warnings,
                        origin,
                        environmentCells(report, result),
                        datasetCells(report.settings()),
                        errorCells(result),
                        added)
                .flatMap(cells -> cells);
    }

    private static Stream<String> originCells(Measured result) {
        EngineParameters parameters = result.parameters();
        Optional<ModelProvenance> model = Optional.ofNullable(result.model());
        String fallback = parameters.fallback();
        return Stream.of(
                text(model.map(ModelProvenance::trainedModel).orElse("")),
                text(model.flatMap(ModelProvenance::repository).orElse("")),
                text(model.flatMap(ModelProvenance::commit).orElse("")),
                text(model.map(files -> joined(files.weights().stream()
                                .map(file -> file.repository() == null ? file.path() : file.name())))
                        .orElse("")),
                text(model.map(ModelProvenance::weightsHash).orElse("")),
                text(parameters.architecture()),
                text(parameters.storedType()),
                text(parameters.build()),
                text(fallback == null ? "" : fallback),
                text(pairs(result.options())));
    }

    private static Stream<String> environmentCells(BenchmarkReport report, BenchmarkResult result) {
        BenchmarkEnvironment environment = report.environment();
        String commit = environment.toolCommit();
        LoadOptions load = result.candidate().load();
        List<AudioSource> sources = report.settings().audios().stream()
                .map(BenchmarkAudio::source)
                .filter(Objects::nonNull)
                .toList();
        return Stream.of(
                text(load.computeType()),
                text(pairs(load.engineOptions())),
                text(environment.toolVersion()),
                text(commit == null ? "" : commit),
                text(environment.jvm()),
                text(environment.os()),
                text(environment.chip()),
                report.startedAt().toString(),
                text(joined(report.settings().audios().stream().map(CsvReport::place))),
                text(joined(sources.stream().map(AudioSource::sha256).filter(Objects::nonNull))));
    }

    private static Stream<String> datasetCells(BenchmarkSettings settings) {
        Optional<DatasetSettings> dataset = Optional.ofNullable(settings.dataset());
        return Stream.of(
                text(dataset.map(DatasetSettings::path).orElse("")),
                dataset.map(set -> set.layout().label()).orElse(""),
                dataset.map(set -> String.valueOf(set.entries())).orElse(""),
                dataset.map(DatasetSettings::limit).map(String::valueOf).orElse(""),
                dataset.map(DatasetSettings::seed).map(String::valueOf).orElse(""),
                String.valueOf(settings.audios().size()));
    }

    private static Stream<String> errorCells(BenchmarkResult result) {
        Optional<ErrorRate> errors = result instanceof Measured ran ? ran.wordErrorRate() : Optional.empty();
        return Stream.<Function<ErrorRate, Integer>>of(
                        ErrorRate::substitutions,
                        ErrorRate::deletions,
                        ErrorRate::insertions,
                        ErrorRate::referenceLength)
                .map(count -> errors.map(count).map(String::valueOf).orElse(""));
    }

    private static String place(BenchmarkAudio audio) {
        AudioSource source = audio.source();
        return source == null || source.file() == null ? audio.name() : source.file();
    }

    private static String pairs(Map<String, String> options) {
        return options.entrySet().stream()
                .map(option -> option.getKey() + "=" + option.getValue())
                .collect(Collectors.joining("; "));
    }

    private static String joined(Stream<String> parts) {
        return parts.collect(Collectors.joining(SEPARATOR));
    }

    private static String status(BenchmarkResult result) {
        if (result instanceof Measured) {
            return JsonReport.MEASURED;
        }
        return result instanceof Failed ? JsonReport.FAILED : JsonReport.UNAVAILABLE;
    }

    private static Stream<String> measuredCells(BenchmarkReport report, Measured result) {
        Statistics statistics = result.statistics();
        EngineParameters parameters = result.parameters();
        Long peakMemory = result.peakMemoryBytes();
        Optional<MeanCores> cores = result.meanCores();
        return Stream.of(
                String.valueOf(statistics.count()),
                seconds(statistics.median()),
                seconds(statistics.mean()),
                seconds(statistics.standardDeviation()),
                seconds(statistics.min()),
                seconds(statistics.max()),
                number(report.realTimeFactor(result)),
                number(report.speed(result)),
                seconds(result.load()),
                seconds(result.firstRun()),
                peakMemory == null ? "" : peakMemory.toString(),
                rate(result.wordErrorRate()),
                text(parameters.model()),
                text(parameters.runtime()),
                text(parameters.requestedDevice()),
                text(parameters.device()),
                String.valueOf(Device.fellBack(parameters)),
                text(parameters.computeType()),
                String.valueOf(parameters.threads()),
                cores.map(MeanCores::own).map(CsvReport::number).orElse(""),
                cores.map(MeanCores::others).map(CsvReport::number).orElse(""),
                cores.map(MeanCores::stolen).map(CsvReport::number).orElse(""),
                String.valueOf(report.warnings().stream().anyMatch(BenchmarkWarning::affectsRanking)),
                text(String.join(SEPARATOR, parameters.notes())),
                text(result.audios().stream()
                        .map(audio -> audio.text().strip())
                        .collect(Collectors.joining(SEPARATOR))));
    }

    private static void appendLine(StringBuilder target, Stream<String> cells) {
        target.append(cells.map(CsvReport::quote).collect(Collectors.joining(",")))
                .append("\r\n");
    }

    private static String quote(String cell) {
        boolean plain = cell.chars().noneMatch(c -> c == ',' || c == '"');
        return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
    }

    private static String text(String value) {
        String line = TerminalText.oneLine(value);
        boolean formula = !line.isEmpty() && FORMULA_STARTS.indexOf(line.charAt(0)) >= 0;
        return formula ? "'" + line : line;
    }

    private static String seconds(@Nullable Duration duration) {
        return duration == null ? "" : Seconds.of(duration).toPlainString();
    }

    private static String rate(Optional<ErrorRate> rate) {
        return rate.map(ErrorRate::rate).map(CsvReport::number).orElse("");
    }

    private static String number(double value) {
        return BigDecimal.valueOf(value).toPlainString();
    }
}
