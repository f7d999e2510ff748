package io.github.whisperspeedtest.benchmark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.Failed;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.Unavailable;
import io.github.whisperspeedtest.benchmark.Standings.Standing;
import io.github.whisperspeedtest.benchmark.statistics.MedianInterval;
import io.github.whisperspeedtest.benchmark.statistics.PairedRatio;
import io.github.whisperspeedtest.benchmark.statistics.Ranking.RankRange;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.format.OptionsJson;
import io.github.whisperspeedtest.format.Seconds;
import io.github.whisperspeedtest.provenance.ModelProvenance;
import io.github.whisperspeedtest.provenance.UsedFile;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Timings;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A report as one JSON object with the measured and the derived values.
 *
 * <p>Times are in seconds, sizes in bytes, rates are fractions. Unknown values are {@code null}. {@code format_version} increases when a
 * field changes its meaning or is removed, but not when a field is added.
 */
public final class JsonReport {
    /** The {@code format_version} that is written and read. */
    public static final int FORMAT_VERSION = 1;

    static final String MEASURED = "measured";
    static final String FAILED = "failed";
    static final String UNAVAILABLE = "unavailable";

    /** Hundreds of hours of text; more would only fill the memory. */
    private static final long MAX_BYTES = 256L << 20;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private JsonReport() {}

    /** Returns the whole file. */
    public static String render(BenchmarkReport report) {
        return render(report, Standings.of(report));
    }

    /**
     * Returns the whole file of a benchmark that is still running, without ranks, comparisons and verdict: computing them takes seconds
     * for dozens of candidates, and reading the file computes them again.
     */
    public static String renderUnfinished(BenchmarkReport report) {
        return render(report, new Standings(List.of()));
    }

    private static String render(BenchmarkReport report, Standings standings) {
        ObjectNode root = JSON.createObjectNode();
        root.put("format_version", FORMAT_VERSION);
        root.put("started_at", report.startedAt().toString());
        root.set("environment", environment(report.environment()));
        root.set("settings", settings(report.settings()));
        ArrayNode results = root.putArray("results");
        report.results().forEach(result -> results.add(result(report, standings, result)));
        ArrayNode comparisons = root.putArray("comparisons");
        standings.sets().forEach(set -> set.forEach(standing -> putComparison(comparisons, set, standing)));
        if (!standings.sets().isEmpty()) {
            Verdict verdict = Verdict.of(report, standings);
            root.put("verdict", verdict.sentence()).put("recommended", verdict.best());
            ArrayNode front = root.putArray("pareto");
            verdict.front().forEach(front::add);
        }
        MachineLog machine = report.machine();
        if (machine != null) {
            root.set("machine", MachineJson.write(machine));
        }
        ArrayNode warnings = root.putArray("warnings");
        report.warnings().forEach(warning -> warnings.add(warning(warning)));
        return root.toPrettyString() + "\n";
    }

    /**
     * Reads a report that {@link #render} wrote. Derived values are computed again.
     *
     * @param json the whole file
     * @param source name of the file, for messages
     * @throws WhisperSpeedtestException if it is not such a report; the message names the field
     */
    public static BenchmarkReport parse(String json, String source) {
        try {
            return new JsonReportReader(source).report(JSON.readTree(json));
        } catch (JsonProcessingException e) {
            throw new WhisperSpeedtestException(
                    ErrorKind.USER,
                    source + " is not a benchmark report: " + e.getOriginalMessage()
                            + ". Use a JSON report that the benchmark wrote.",
                    e);
        }
    }

    /**
     * Reads a report from a file.
     *
     * @throws WhisperSpeedtestException if the file cannot be read or is not such a report; the message names the field
     */
    public static BenchmarkReport read(Path file) {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw unreadable(file, "it is not a file", null);
            }
            if (Files.size(file) > MAX_BYTES) {
                throw unreadable(file, "it has more than " + Quantities.bytes(MAX_BYTES), null);
            }
            return parse(Files.readString(file), file.toString());
        } catch (CharacterCodingException e) {
            throw unreadable(file, "it is not UTF-8", e);
        } catch (IOException e) {
            throw unreadable(file, DiskErrors.reason(e), e);
        }
    }

    private static WhisperSpeedtestException unreadable(Path file, String reason, @Nullable IOException cause) {
        return new WhisperSpeedtestException(
                ErrorKind.USER,
                "Cannot read " + file + ": " + reason + ". Use a JSON report that the benchmark wrote.",
                cause);
    }

    private static void putComparison(ArrayNode comparisons, List<Standing> set, Standing standing) {
        PairedRatio slowdown = standing.slowdown();
        if (slowdown != null) {
            comparisons
                    .addObject()
                    .put("candidate", set.get(0).result().candidate().name())
                    .put("other", standing.result().candidate().name())
                    .put("ratio", known(slowdown.ratio()))
                    .put("low", known(slowdown.low()))
                    .put("high", known(slowdown.high()))
                    .put("rounds", slowdown.rounds());
        }
    }

    private static @Nullable Double known(double value) {
        return Double.isNaN(value) ? null : value;
    }

    private static ObjectNode environment(BenchmarkEnvironment environment) {
        return JSON.createObjectNode()
                .put("tool_version", environment.toolVersion())
                .put("tool_commit", environment.toolCommit())
                .put("jvm", environment.jvm())
                .put("os", environment.os())
                .put("chip", environment.chip())
                .put("cores", environment.cores())
                .put("memory_bytes", environment.memoryBytes());
    }

    private static ObjectNode settings(BenchmarkSettings settings) {
        ObjectNode node = JSON.createObjectNode().put("model", settings.model());
        ArrayNode audios = node.putArray("audios");
        for (BenchmarkAudio audio : settings.audios()) {
            ObjectNode entry = audios.addObject().put("name", audio.name());
            putSeconds(entry, "duration_seconds", audio.duration()).put("reference", audio.reference());
            ArrayNode warnings = entry.putArray("warnings");
            audio.warnings().forEach(warnings::add);
            putSource(entry, audio.source());
            entry.put("language", audio.language());
        }
        DatasetSettings dataset = settings.dataset();
        if (dataset != null) {
            node.putObject("dataset")
                    .put("path", dataset.path())
                    .put("layout", dataset.layout().label())
                    .put("entries", dataset.entries())
                    .put("limit", dataset.limit())
                    .put("seed", dataset.seed());
        }
        putSeconds(node, "audio_seconds", settings.audioDuration())
                .put("runs", settings.rounds().runs())
                .put("rounds_fixed", settings.rounds().fixed())
                .put("warmup_runs", settings.rounds().warmups())
                .put("seed", settings.rounds().seed())
                .put("silence_check", settings.silenceCheck());
        putSeconds(node, "budget_seconds", settings.rounds().budget());
        ObjectNode options = node.putObject("options");
        settings.options().forEach(options::put);
        TranscribeOptions transcribe = settings.transcribe();
        if (transcribe != null) {
            node.set("transcribe", OptionsJson.write(transcribe));
        }
        node.set("load", load(settings.load()));
        ArrayNode candidates = node.putArray("candidates");
        settings.candidates().forEach(candidate -> candidates.add(candidate(candidate)));
        return node;
    }

    private static ObjectNode candidate(Candidate candidate) {
        ObjectNode node = JSON.createObjectNode()
                .put("name", candidate.name())
                .put("implementation", candidate.implementation())
                .put("model", candidate.model());
        node.set("load", load(candidate.load()));
        TranscribeOptions transcribe = candidate.transcribe();
        if (transcribe != null) {
            node.set("transcribe", OptionsJson.write(transcribe));
        }
        return node;
    }

    private static ObjectNode load(LoadOptions load) {
        ObjectNode node = JSON.createObjectNode()
                .put("device", load.device())
                .put("compute_type", load.computeType())
                .put("threads", load.threads());
        ObjectNode engineOptions = node.putObject("engine_options");
        load.engineOptions().forEach(engineOptions::put);
        return node;
    }

    /** An early report has none of the fields. */
    private static void putSource(ObjectNode entry, @Nullable AudioSource source) {
        if (source != null) {
            entry.put("source", source.kind().label())
                    .put("file", source.file())
                    .put("sha256", source.sha256());
        }
    }

    private static ObjectNode result(BenchmarkReport report, Standings standings, BenchmarkResult result) {
        ObjectNode node = JSON.createObjectNode()
                .put("candidate", result.candidate().name())
                .put("implementation", result.implementation())
                .put("version", result.version());
        if (result instanceof Measured measured) {
            putMeasured(node.put("status", MEASURED), report, measured);
            standings.of(measured).ifPresent(standing -> putStanding(node, standing));
        } else if (result instanceof Failed failed) {
            node.put("status", FAILED)
                    .put("category", failed.category().name().toLowerCase(Locale.ROOT))
                    .put("reason", failed.reason())
                    .put("remedy", failed.remedy());
        } else if (result instanceof Unavailable unavailable) {
            node.put("status", UNAVAILABLE)
                    .put("reason", unavailable.problem().reason())
                    .put("remedy", unavailable.problem().remedy());
        }
        return node;
    }

    private static void putStanding(ObjectNode node, Standing standing) {
        MedianInterval interval = standing.interval();
        node.putObject("median_interval")
                .put("low_seconds", interval.low())
                .put("high_seconds", interval.high())
                .put("level", Standings.LEVEL)
                .put("coverage", interval.coverage());
        RankRange rank = standing.rank();
        if (rank == null) {
            node.putNull("rank");
        } else {
            node.putObject("rank").put("best", rank.bestRank()).put("worst", rank.worstRank());
        }
        node.put("unranked_reason", standing.unranked());
        ArrayNode outliers = node.putArray("outliers");
        standing.outliers().forEach(outliers::add);
    }

    private static void putMeasured(ObjectNode node, BenchmarkReport report, Measured result) {
        node.set("parameters", parameters(result.parameters()));
        ModelProvenance model = result.model();
        if (model != null) {
            node.set("model", model(model));
        }
        ObjectNode options = node.putObject("options");
        result.options().forEach(options::put);
        putSeconds(node, "cold_start_seconds", result.times().coldStart());
        putSeconds(node, "load_seconds", result.load());
        putSeconds(node, "first_run_seconds", result.firstRun());
        ArrayNode runs = node.putArray("run_seconds");
        result.runs().forEach(run -> runs.add(Seconds.of(run)));
        ArrayNode started = node.putArray("run_started_seconds");
        result.times().started().forEach(start -> started.add(Seconds.of(start)));
        node.put("steady_from", result.times().steadyFrom())
                .put("group", result.times().group());
        ArrayNode cpu = node.putArray("run_cpu");
        for (CpuUsage usage : result.cpu()) {
            ObjectNode entry = cpu.addObject().put("cores", usage.cores());
            putSeconds(entry, "own_seconds", usage.own());
            putSeconds(entry, "other_seconds", usage.others());
            putSeconds(entry, "stolen_seconds", usage.stolen());
        }
        ArrayNode energy = node.putArray("run_joules");
        result.times().joules().forEach(energy::add);
        node.set("statistics", statistics(result.statistics()));
        node.put("real_time_factor", report.realTimeFactor(result))
                .put("speed", report.speed(result))
                .put(
                        "word_error_rate",
                        result.wordErrorRate().map(ErrorRate::rate).orElse(null))
                .put(
                        "character_error_rate",
                        result.characterErrorRate().map(ErrorRate::rate).orElse(null))
                .put("peak_memory_bytes", result.peakMemoryBytes())
                .put("silent_words_per_minute", result.silentWordsPerMinute());
        node.set("word_errors", errors(result.wordErrorRate().orElse(null), ErrorRate.Unit.WORD));
        node.set("character_errors", errors(result.characterErrorRate().orElse(null), ErrorRate.Unit.CHARACTER));
        ArrayNode languages = node.putArray("languages");
        for (LanguageErrors errors : report.errorsByLanguage(result)) {
            ObjectNode entry =
                    languages.addObject().put("language", errors.language()).put("recordings", errors.recordings());
            entry.set("word_errors", errors(errors.errors(), ErrorRate.Unit.WORD));
            entry.set("character_errors", errors(errors.errors(), ErrorRate.Unit.CHARACTER));
        }
        node.set("timings", timings(result.timings()));
        ArrayNode audios = node.putArray("audios");
        for (AudioResult audio : result.audios()) {
            ObjectNode entry = audios.addObject()
                    .put("audio", audio.audio())
                    .put("text", audio.text())
                    .put("language", audio.language())
                    .put("language_probability", audio.languageProbability());
            putSeconds(entry, "median_seconds", audio.time());
            entry.set("word_errors", errors(audio.errorRate(), ErrorRate.Unit.WORD));
            entry.set("character_errors", errors(audio.errorRate(), ErrorRate.Unit.CHARACTER));
        }
    }

    private static ObjectNode model(ModelProvenance model) {
        ObjectNode node = JSON.createObjectNode()
                .put("name", model.model())
                .put("trained_model", model.trainedModel())
                .put("repository", model.repository().orElse(null))
                .put("commit", model.commit().orElse(null));
        ArrayNode files = node.putArray("files");
        for (UsedFile file : model.files()) {
            files.addObject()
                    .put("name", file.name())
                    .put("path", file.path())
                    .put("repository", file.repository())
                    .put("commit", file.commit())
                    .put("bytes", file.bytes())
                    .put("sha256", file.sha256());
        }
        return node;
    }

    private static ObjectNode parameters(EngineParameters parameters) {
        ObjectNode node = JSON.createObjectNode()
                .put("model", parameters.model())
                .put("architecture", known(parameters.architecture()))
                .put("runtime", parameters.runtime())
                .put("build", known(parameters.build()))
                .put("requested_device", parameters.requestedDevice())
                .put("device", parameters.device())
                .put("device_differs", Device.fellBack(parameters))
                .put("fallback", parameters.fallback())
                .put("stored_type", known(parameters.storedType()))
                .put("compute_type", parameters.computeType())
                .put("threads", parameters.threads());
        ArrayNode notes = node.putArray("notes");
        parameters.notes().forEach(notes::add);
        return node;
    }

    private static @Nullable String known(String text) {
        return text.isEmpty() ? null : text;
    }

    private static ObjectNode statistics(Statistics statistics) {
        ObjectNode node = JSON.createObjectNode().put("count", statistics.count());
        putSeconds(node, "median_seconds", statistics.median());
        putSeconds(node, "mean_seconds", statistics.mean());
        putSeconds(node, "standard_deviation_seconds", statistics.standardDeviation());
        putSeconds(node, "min_seconds", statistics.min());
        return putSeconds(node, "max_seconds", statistics.max());
    }

    private static JsonNode timings(@Nullable Timings timings) {
        if (timings == null) {
            return JSON.getNodeFactory().nullNode();
        }
        ObjectNode node = JSON.createObjectNode();
        putSeconds(node, "total_seconds", timings.total());
        putSeconds(node, "mel_seconds", timings.mel());
        putSeconds(node, "encode_seconds", timings.encode());
        return putSeconds(node, "decode_seconds", timings.decode());
    }

    private static JsonNode errors(@Nullable ErrorRate errors, ErrorRate.Unit unit) {
        if (errors == null || errors.unit() != unit) {
            return JSON.getNodeFactory().nullNode();
        }
        return JSON.createObjectNode()
                .put("substitutions", errors.substitutions())
                .put("deletions", errors.deletions())
                .put("insertions", errors.insertions())
                .put("reference_" + unit.noun() + "s", errors.referenceLength())
                .put("rate", errors.rate());
    }

    private static ObjectNode warning(BenchmarkWarning warning) {
        return JSON.createObjectNode()
                .put("kind", warning.kind().name().toLowerCase(Locale.ROOT))
                .put("implementation", warning.implementation())
                .put("message", warning.message())
                .put("advice", warning.advice());
    }

    private static ObjectNode putSeconds(ObjectNode node, String name, @Nullable Duration duration) {
        return node.put(name, duration == null ? null : Seconds.of(duration));
    }
}
