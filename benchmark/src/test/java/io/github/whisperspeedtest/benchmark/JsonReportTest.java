package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.format.Seconds;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class JsonReportTest {
    /** A file of format version 1, which must stay readable. */
    private static final String SAVED = resource("report-version-1.json");

    static Stream<BenchmarkReport> reports() {
        return Stream.of(
                Reports.full(),
                Reports.empty(),
                Reports.plain(1, Reports.measured("a", Reports.CPU, "\u2028 \" \\ 👋", 123, 1)));
    }

    @Test
    void holdsEverything() {
        assertThat(JsonReport.render(Reports.full())).isEqualTo(SAVED);
    }

    @ParameterizedTest
    @MethodSource("reports")
    void reportRoundTrips(BenchmarkReport report) {
        assertThat(JsonReport.parse(JsonReport.render(report), "r.json")).isEqualTo(report);
    }

    @Test
    void unfinishedReportHasAllMeasurements() {
        String unfinished = JsonReport.renderUnfinished(Reports.full());

        assertThat(JsonReport.parse(unfinished, "r.json")).isEqualTo(Reports.full());
        assertThat(unfinished).doesNotContain("\"verdict\"", "\"rank\"");
        assertThat(SAVED).contains("\"verdict\"", "\"rank\"");
    }

    @Test
    void timesKeepNanoseconds() {
        Duration fine = Duration.ofSeconds(123_456, 789_012_345);

        assertThat(Seconds.toDuration(Seconds.of(fine))).isEqualTo(fine);
        assertThat(Seconds.of(Duration.ofSeconds(100)).toString()).isEqualTo("100");
    }

    @Test
    void ignoresUnknownFields() {
        assertThat(JsonReport.parse(SAVED.replaceFirst("\\{", "{\"future\": {\"x\": [1]},"), "r.json"))
                .isEqualTo(Reports.full());
    }

    @Test
    void readsOlderReportWithoutOrigins() {
        BenchmarkReport report = JsonReport.parse(resource("report-without-origins.json"), "r.json");

        assertThat(report.settings().transcribe()).isNull();
        assertThat(report.settings().audios())
                .allSatisfy(audio -> assertThat(audio.source()).isNull());
        assertThat(report.environment().toolCommit()).isNull();
        assertThat(report.ranking()).hasSize(3).allSatisfy(result -> {
            assertThat(result.model()).isNull();
            assertThat(result.options()).isEmpty();
            assertThat(result.parameters().storedType()).isEmpty();
        });
    }

    @Test
    void readsOlderReportWithoutCandidates() {
        BenchmarkReport report = JsonReport.parse(resource("report-without-candidates.json"), "r.json");

        assertThat(report.settings().candidates()).isEmpty();
        assertThat(report.results())
                .extracting(result -> result.candidate().name())
                .containsExactly(
                        "faster/micro", "whispercpp/micro", "coreml/micro", "mlx/micro", "insanely/micro", "mps/micro");
        assertThat(report.ranking()).first().satisfies(result -> {
            assertThat(result.candidate().load()).isEqualTo(report.settings().load());
            assertThat(result.times().coldStart()).isNull();
        });
        assertThat(report.settings().rounds()).isEqualTo(Rounds.of(3, 1));
    }

    @Test
    void readsOlderReportWithoutNotes() {
        String older = SAVED.replaceAll(",\\s+\"(notes|engine_options)\" : (\\[[^]]*]|\\{ })", "");

        assertThat(older).doesNotContain("notes\"", "engine_options");
        BenchmarkReport report = JsonReport.parse(older, "r.json");
        assertThat(report.ranking())
                .hasSize(3)
                .allSatisfy(result -> assertThat(result.parameters().notes()).isEmpty());
        assertThat(report.settings()).isEqualTo(Reports.full().settings());
    }

    @Test
    void readsOlderReportWithoutCpuTime() {
        String older = SAVED.replaceAll("\\s+\"run_cpu\" : \\[[^]]*],", "");

        assertThat(older).doesNotContain("run_cpu");
        assertThat(JsonReport.parse(older, "r.json").ranking())
                .hasSize(3)
                .allSatisfy(result -> assertThat(result.meanCores()).isEmpty());
    }

    @Test
    void readsGraphDirectoryOfOlderReport() {
        String older = SAVED.replaceFirst("\"engine_options\" : \\{ }", "\"dump_graph\" : \"graphs\"");

        assertThat(JsonReport.parse(older, "r.json").settings().load().engineOptions())
                .containsExactly(Map.entry("dump-graph", "graphs"));
        assertThat(JsonReport.parse(older.replace("\"dump_graph\" : \"graphs\"", "\"dump_graph\" : null"), "r.json"))
                .isEqualTo(Reports.full());
    }

    @Test
    void keepsEngineOptions() {
        BenchmarkReport plain = Reports.plain(1);
        BenchmarkSettings settings = plain.settings();
        BenchmarkReport report = new BenchmarkReport(
                plain.environment(),
                new BenchmarkSettings(
                        settings.model(),
                        settings.candidates(),
                        settings.audios(),
                        settings.rounds(),
                        settings.options(),
                        settings.transcribe(),
                        settings.load().withEngineOption("dump-graph", "graphs").withEngineOption("level", "2"),
                        null,
                        false),
                plain.startedAt(),
                List.of());

        assertThat(JsonReport.parse(JsonReport.render(report), "r.json")).isEqualTo(report);
        assertThat(new HumanReport(false, false).header(report)).contains("2 threads, dump-graph=graphs, level=2\n");
        assertThat(MarkdownReport.render(report)).contains("threads 2, dump-graph=graphs, level=2\n");
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '~', delimiterString = "->", textBlock = """
                    "format_version" : 1        -> "format_version" : 2          -> its format_version is 2
                    "format_version" : 1        -> "format_version" : 1.5        -> 'format_version' must be a whole number, but is 1.5
                    "started_at" : "2026        -> "started_at" : "x2026         -> could not be parsed
                    "chip" : "Example Chip 9000" -> "chip" : 9000                -> 'chip' must be a string, but is 9000
                    "cores" : 2                 -> "kernels" : 2                 -> 'cores' must be a whole number, but is missing
                    "load_seconds" : 0.08       -> "load_seconds" : "0.08"       -> 'load_seconds' must be a number of seconds, but is "0.08"
                    "load_seconds" : 0.08       -> "load_seconds" : 1e999999     -> 'load_seconds' is too large
                    "run_seconds" : [ 0.74,     -> "run_seconds" : [ -0.74,      -> must be one or more positive run times
                    "audio" : "count.wav",      -> "audio" : "x", "text" : "", "language" : "en" }, { "audio" : "count.wav", -> a result has 3 transcripts, but there are 2 recordings
                    "run_seconds" : [ 0.74,     -> "run_seconds" : [ null,       -> a list of seconds must contain only numbers
                    "status" : "failed"         -> "status" : "odd"              -> unknown status 'odd'
                    "category" : "crashed"      -> "category" : "odd"            -> unknown category 'odd'
                    "notes" : [ "VAD            -> "notes" : [ 1, "VAD           -> 'notes' must contain only strings
                    "runs" : 3                  -> "runs" : 0                    -> runs must be at least 1
                    "source" : "file"           -> "source" : "odd"              -> unknown source 'odd'
                    "beam_size" : 1,            -> "beam_size" : 0,              -> beamSize must be at least 1
                    "beam_size" : 1,            -> "beam_size" : "1",            -> Cannot coerce
                    "beam_size" : 1,            -> "future_option" : 1,          -> option 'future_option', which this version
                    "vad" : "auto",             -> "vad" : "odd",                -> 'vad' cannot be 'odd'
                    "reference_words" : 4       -> "reference_words" : 0         -> impossible counts
                    """)
    void namesInvalidField(String from, String to, String message) {
        assertThat(SAVED).contains(from);

        assertThatThrownBy(() -> JsonReport.parse(SAVED.replace(from, to), "r.json"))
                .isInstanceOf(WhisperSpeedtestException.class)
                .hasMessageStartingWith("r.json is not a readable benchmark report: ")
                .hasMessageContaining(message)
                .hasMessageEndingWith("Use a JSON report that the benchmark wrote.")
                .extracting(e -> ((WhisperSpeedtestException) e).kind())
                .isEqualTo(ErrorKind.USER);
    }

    @Test
    void rejectsOtherFiles() {
        for (String text : List.of("", "[]", "null", "{}", "{", "not json", SAVED + "}")) {
            assertThatThrownBy(() -> JsonReport.parse(text, "r.json"))
                    .as(text)
                    .isInstanceOf(WhisperSpeedtestException.class)
                    .hasMessageStartingWith("r.json is not a ");
        }
    }

    private static String resource(String name) {
        try (InputStream file = JsonReportTest.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
