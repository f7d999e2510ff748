package io.github.whisperspeedtest.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.Failed;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.FailureCategory;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.Unavailable;
import io.github.whisperspeedtest.dataset.DatasetLayout;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.format.OptionsJson;
import io.github.whisperspeedtest.format.Seconds;
import io.github.whisperspeedtest.provenance.ModelProvenance;
import io.github.whisperspeedtest.provenance.UsedFile;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Timings;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Creates a report from its JSON tree. */
final class JsonReportReader {
    private final String source;
    private final Map<String, Candidate> candidates = new LinkedHashMap<>();
    private @Nullable BenchmarkSettings settings;

    JsonReportReader(String source) {
        this.source = source;
    }

    BenchmarkReport report(JsonNode root) {
        int version = integer(root, "format_version");
        if (version != JsonReport.FORMAT_VERSION) {
            throw invalid(
                    "its format_version is " + version + ", but this version of the tool reads "
                            + JsonReport.FORMAT_VERSION,
                    null);
        }
        try {
            BenchmarkSettings read = settings(object(root, "settings"));
            settings = read;
            read.candidates().forEach(candidate -> candidates.put(candidate.name(), candidate));
            return new BenchmarkReport(
                    environment(object(root, "environment")),
                    read,
                    Instant.parse(text(root, "started_at")),
                    list(root, "results", this::result),
                    optional(root, "machine", (node, name) -> MachineJson.read(object(node, name))));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw invalid(String.valueOf(e.getMessage()), e);
        }
    }

    private BenchmarkEnvironment environment(JsonNode node) {
        return new BenchmarkEnvironment(
                text(node, "tool_version"),
                optional(node, "tool_commit", this::text),
                text(node, "jvm"),
                text(node, "os"),
                text(node, "chip"),
                integer(node, "cores"),
                wholeNumber(node, "memory_bytes"));
    }

    private BenchmarkSettings settings(JsonNode node) {
        Map<String, String> options = new LinkedHashMap<>();
        JsonNode described = object(node, "options");
        described.fieldNames().forEachRemaining(name -> options.put(name, text(described, name)));
        List<Candidate> all = optional(node, "candidates", (parent, name) -> list(parent, name, this::candidate));
        Boolean silence = optional(node, "silence_check", this::truth);
        return new BenchmarkSettings(
                text(node, "model"),
                all == null ? List.of() : all,
                list(
                        node,
                        "audios",
                        audio -> new BenchmarkAudio(
                                text(audio, "name"),
                                seconds(audio, "duration_seconds"),
                                optional(audio, "reference", this::text),
                                texts(audio, "warnings"),
                                optional(audio, "source", (parent, name) -> source(parent)),
                                optional(audio, "language", this::language))),
                rounds(node),
                options,
                optional(node, "transcribe", this::transcribeOptions),
                load(object(node, "load")),
                optional(node, "dataset", (parent, name) -> dataset(object(parent, name))),
                silence != null && silence);
    }

    /** Reads the number of rounds. Early reports have a fixed number and no seed. */
    private Rounds rounds(JsonNode settings) {
        Long seed = optional(settings, "seed", this::wholeNumber);
        Boolean fixed = optional(settings, "rounds_fixed", this::truth);
        return new Rounds(
                integer(settings, "runs"),
                fixed == null || fixed,
                integer(settings, "warmup_runs"),
                optional(settings, "budget_seconds", this::seconds),
                seed == null ? Rounds.DEFAULT_SEED : seed);
    }

    private Candidate candidate(JsonNode node) {
        return new Candidate(
                text(node, "name"),
                text(node, "implementation"),
                text(node, "model"),
                load(object(node, "load")),
                optional(node, "transcribe", this::transcribeOptions));
    }

    /** Returns the candidate of a result. Early reports have one for each implementation, without a name. */
    private Candidate candidateOf(JsonNode result) {
        String name = optional(result, "candidate", this::text);
        BenchmarkSettings common = Objects.requireNonNull(settings, "settings are read first");
        if (name == null) {
            String implementation = text(result, "implementation");
            return new Candidate(
                    implementation + "/" + common.model(),
                    implementation,
                    common.model(),
                    common.load(),
                    common.transcribe());
        }
        Candidate candidate = candidates.get(name);
        if (candidate == null) {
            throw invalid("it has a result of '" + name + "', which is not one of its candidates", null);
        }
        return candidate;
    }

    private TranscribeOptions transcribeOptions(JsonNode parent, String name) {
        return OptionsJson.read(object(parent, name));
    }

    private LoadOptions load(JsonNode load) {
        return new LoadOptions(
                text(load, "device"), text(load, "compute_type"), integer(load, "threads"), engineOptions(load));
    }

    private String language(JsonNode node, String name) {
        String code = text(node, name);
        if (!Language.codes().contains(code)) {
            throw invalid("it has a recording with the unknown language '" + code + "'", null);
        }
        return code;
    }

    private DatasetSettings dataset(JsonNode node) {
        String label = text(node, "layout");
        for (DatasetLayout layout : DatasetLayout.values()) {
            if (layout.label().equals(label)) {
                return new DatasetSettings(
                        text(node, "path"),
                        layout,
                        integer(node, "entries"),
                        optional(node, "limit", this::integer),
                        optional(node, "seed", this::wholeNumber));
            }
        }
        throw invalid("it has a data set with the unknown layout '" + label + "'", null);
    }

    private AudioSource source(JsonNode audio) {
        String label = text(audio, "source");
        for (AudioSource.Kind kind : AudioSource.Kind.values()) {
            if (kind.label().equals(label)) {
                return new AudioSource(
                        kind, optional(audio, "file", this::text), optional(audio, "sha256", this::text));
            }
        }
        throw invalid("it has a recording with the unknown source '" + label + "'", null);
    }

    private ModelProvenance model(JsonNode parent, String name) {
        JsonNode node = object(parent, name);
        return new ModelProvenance(text(node, "name"), list(node, "files", this::usedFile));
    }

    private UsedFile usedFile(JsonNode node) {
        return new UsedFile(
                text(node, "name"),
                text(node, "path"),
                optional(node, "repository", this::text),
                optional(node, "commit", this::text),
                wholeNumber(node, "bytes"),
                optional(node, "sha256", this::text));
    }

    private String textOrEmpty(JsonNode node, String name) {
        String text = optional(node, name, this::text);
        return text == null ? "" : text;
    }

    /** Reads the options of a result, which early reports lack. */
    private Map<String, String> options(JsonNode measured) {
        Map<String, String> options = new LinkedHashMap<>();
        if (measured.has("options")) {
            JsonNode described = object(measured, "options");
            described.fieldNames().forEachRemaining(option -> options.put(option, text(described, option)));
        }
        return options;
    }

    /** Reads engine options, which early reports lack. For a time, {@code dump_graph} was a separate field. */
    private Map<String, String> engineOptions(JsonNode load) {
        Map<String, String> options = new LinkedHashMap<>();
        String graph = optional(load, "dump_graph", this::text);
        if (graph != null) {
            options.put("dump-graph", graph);
        }
        if (load.has("engine_options")) {
            JsonNode described = object(load, "engine_options");
            described.fieldNames().forEachRemaining(name -> options.put(name, text(described, name)));
        }
        return options;
    }

    private BenchmarkResult result(JsonNode node) {
        Candidate candidate = candidateOf(node);
        String version = text(node, "version");
        String status = text(node, "status");
        return switch (status) {
            case JsonReport.MEASURED -> measured(candidate, version, node);
            case JsonReport.FAILED ->
                new Failed(
                        candidate,
                        version,
                        category(text(node, "category")),
                        text(node, "reason"),
                        optional(node, "remedy", this::text));
            case JsonReport.UNAVAILABLE ->
                new Unavailable(candidate, version, text(node, "reason"), text(node, "remedy"));
            default -> throw invalid("it has a result with the unknown status '" + status + "'", null);
        };
    }

    private FailureCategory category(String name) {
        for (FailureCategory category : FailureCategory.values()) {
            if (category.name().toLowerCase(Locale.ROOT).equals(name)) {
                return category;
            }
        }
        throw invalid("it has a failure with the unknown category '" + name + "'", null);
    }

    private Measured measured(Candidate candidate, String version, JsonNode node) {
        JsonNode parameters = object(node, "parameters");
        List<AudioResult> audios = list(node, "audios", this::audioResult);
        int recordings = Objects.requireNonNull(settings, "settings are read first")
                .audios()
                .size();
        if (audios.size() != recordings) {
            throw invalid(
                    "a result has " + audios.size() + " transcripts, but there are " + recordings + " recordings",
                    null);
        }
        Integer steadyFrom = optional(node, "steady_from", this::integer);
        Integer group = optional(node, "group", this::integer);
        return new Measured(
                candidate,
                version,
                new EngineParameters(
                        text(parameters, "model"),
                        textOrEmpty(parameters, "architecture"),
                        text(parameters, "runtime"),
                        textOrEmpty(parameters, "build"),
                        text(parameters, "requested_device"),
                        text(parameters, "device"),
                        optional(parameters, "fallback", this::text),
                        textOrEmpty(parameters, "stored_type"),
                        text(parameters, "compute_type"),
                        integer(parameters, "threads"),
                        texts(parameters, "notes")),
                new RunTimes(
                        optional(node, "cold_start_seconds", this::seconds),
                        seconds(node, "load_seconds"),
                        seconds(node, "first_run_seconds"),
                        list(node, "run_seconds", this::seconds),
                        started(node),
                        steadyFrom == null ? 0 : steadyFrom,
                        group == null ? 0 : group,
                        cpu(node),
                        joules(node)),
                audios,
                optional(node, "timings", this::timings),
                optional(node, "peak_memory_bytes", this::wholeNumber),
                optional(node, "model", this::model),
                options(node),
                optional(node, "silent_words_per_minute", this::number));
    }

    /** Reads a list, which early reports lack. */
    private List<String> texts(JsonNode node, String name) {
        List<String> texts =
                optional(node, name, (parent, field) -> list(parent, field, value -> element(value, field)));
        return texts == null ? List.of() : texts;
    }

    /** Reads the starts of the runs, which early reports lack. */
    private List<Duration> started(JsonNode measured) {
        List<Duration> started =
                optional(measured, "run_started_seconds", (node, name) -> list(node, name, this::seconds));
        return started == null ? List.of() : started;
    }

    /** Reads the CPU usage, which early reports lack. */
    private List<CpuUsage> cpu(JsonNode measured) {
        List<CpuUsage> cpu = optional(measured, "run_cpu", (node, name) -> list(node, name, this::cpuUsage));
        return cpu == null ? List.of() : cpu;
    }

    /** Reads the energy of the runs, which early reports lack. */
    private List<Double> joules(JsonNode measured) {
        List<Double> joules = optional(
                measured,
                "run_joules",
                (node, name) -> list(node, name, value -> {
                    if (!value.isNumber()) {
                        throw invalid("'run_joules' must contain only numbers", null);
                    }
                    return value.doubleValue();
                }));
        return joules == null ? List.of() : joules;
    }

    private CpuUsage cpuUsage(JsonNode node) {
        return new CpuUsage(
                integer(node, "cores"),
                seconds(node, "own_seconds"),
                optional(node, "other_seconds", this::seconds),
                optional(node, "stolen_seconds", this::seconds));
    }

    private String element(JsonNode value, String name) {
        if (!value.isTextual()) {
            throw invalid("'" + name + "' must contain only strings", null);
        }
        return value.textValue();
    }

    private AudioResult audioResult(JsonNode node) {
        ErrorRate words = optional(node, "word_errors", (parent, name) -> errors(parent, name, ErrorRate.Unit.WORD));
        ErrorRate characters =
                optional(node, "character_errors", (parent, name) -> errors(parent, name, ErrorRate.Unit.CHARACTER));
        return new AudioResult(
                text(node, "audio"),
                text(node, "text"),
                text(node, "language"),
                optional(node, "language_probability", this::number),
                words == null ? characters : words,
                optional(node, "median_seconds", this::seconds));
    }

    private ErrorRate errors(JsonNode parent, String name, ErrorRate.Unit unit) {
        JsonNode node = object(parent, name);
        return new ErrorRate(
                unit,
                integer(node, "substitutions"),
                integer(node, "deletions"),
                integer(node, "insertions"),
                integer(node, "reference_" + unit.noun() + "s"));
    }

    private Timings timings(JsonNode parent, String name) {
        JsonNode node = object(parent, name);
        return new Timings(
                seconds(node, "total_seconds"),
                optional(node, "mel_seconds", this::seconds),
                optional(node, "encode_seconds", this::seconds),
                optional(node, "decode_seconds", this::seconds));
    }

    private JsonNode object(JsonNode node, String name) {
        return field(node, name, JsonNode::isObject, "an object");
    }

    private String text(JsonNode node, String name) {
        return field(node, name, JsonNode::isTextual, "a string").textValue();
    }

    private int integer(JsonNode node, String name) {
        return field(node, name, value -> value.isIntegralNumber() && value.canConvertToInt(), "a whole number")
                .intValue();
    }

    private long wholeNumber(JsonNode node, String name) {
        return field(node, name, value -> value.isIntegralNumber() && value.canConvertToLong(), "a whole number")
                .longValue();
    }

    private double number(JsonNode node, String name) {
        return field(node, name, JsonNode::isNumber, "a number").doubleValue();
    }

    private boolean truth(JsonNode node, String name) {
        return field(node, name, JsonNode::isBoolean, "true or false").booleanValue();
    }

    private Duration seconds(JsonNode node, String name) {
        return duration(field(node, name, JsonNode::isNumber, "a number of seconds"), name);
    }

    private Duration seconds(JsonNode value) {
        if (!value.isNumber()) {
            throw invalid("a list of seconds must contain only numbers", null);
        }
        return duration(value, "run_seconds");
    }

    private Duration duration(JsonNode value, String name) {
        try {
            return Seconds.toDuration(value.decimalValue());
        } catch (ArithmeticException e) {
            throw invalid("'" + name + "' is too large or more precise than nanoseconds", e);
        }
    }

    private <T> List<T> list(JsonNode node, String name, Function<JsonNode, T> entry) {
        List<T> entries = new ArrayList<>();
        field(node, name, JsonNode::isArray, "a list").forEach(value -> entries.add(entry.apply(value)));
        return entries;
    }

    private static <T> @Nullable T optional(JsonNode node, String name, Field<T> field) {
        return node.path(name).isNull() || node.path(name).isMissingNode() ? null : field.read(node, name);
    }

    private JsonNode field(JsonNode node, String name, Predicate<JsonNode> test, String expected) {
        JsonNode value = node.path(name);
        if (!test.test(value)) {
            throw invalid("'" + name + "' must be " + expected + ", but is " + describe(value), null);
        }
        return value;
    }

    private static String describe(JsonNode value) {
        return value.isMissingNode()
                ? "missing"
                : value.isObject() ? "an object" : value.isArray() ? "a list" : value.toString();
    }

    private WhisperSpeedtestException invalid(String found, @Nullable Throwable cause) {
        return new WhisperSpeedtestException(
                ErrorKind.USER,
                source + " is not a readable benchmark report: " + found.replaceFirst("\\.$", "")
                        + ". Use a JSON report that the benchmark wrote.",
                cause);
    }

    /** Reads a field of an object. */
    private interface Field<T> {
        T read(JsonNode node, String name);
    }
}
