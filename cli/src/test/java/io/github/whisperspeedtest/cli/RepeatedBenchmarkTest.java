package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.benchmark.BenchmarkReport;
import io.github.whisperspeedtest.benchmark.BenchmarkResult;
import io.github.whisperspeedtest.benchmark.JsonReport;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.model.ToolHome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("end-to-end")
class RepeatedBenchmarkTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path home;

    @TempDir
    private static Path shared;

    /** Results of whisper.cpp for a file. */
    private static Path saved;

    private static Path recording;

    @TempDir
    private Path directory;

    private final CapturedTerminal terminal = new CapturedTerminal();

    @BeforeAll
    static void measureOnce() throws IOException {
        System.setProperty(
                ToolHome.HOME_PROPERTY, UnpackedLibraries.shareWith(home).toString());
        saved = shared.resolve("results.json");
        recording = copy(EmbeddedModel.samples().get(0), shared.resolve("said.flac"));
        CapturedTerminal terminal = new CapturedTerminal();
        assertThat(terminal.run(
                        "benchmark",
                        "-i",
                        "whispercpp",
                        "-m",
                        "micro-q8_0",
                        "-a",
                        recording.toString(),
                        "--reference-text",
                        "Call Anna.",
                        "-n",
                        "2",
                        "--warmup",
                        "0",
                        "--beam-size",
                        "2",
                        "--json",
                        saved.toString()))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
    }

    @AfterAll
    static void forgetHome() {
        System.clearProperty(ToolHome.HOME_PROPERTY);
    }

    @Test
    void everyImplementationRepeatsItsText() throws IOException {
        Path first = directory.resolve("first.json");
        Path second = directory.resolve("second.json");
        assertThat(terminal.run("benchmark", "-n", "1", "--warmup", "0", "--json", first.toString()))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        CapturedTerminal again = new CapturedTerminal();
        assertThat(again.run("benchmark", "--repeat", first.toString(), "--json", second.toString()))
                .as(again.err())
                .isEqualTo(ExitCode.OK);

        assertThat(again.out())
                .contains(
                        "Repeating " + first,
                        "No difference is known yet.",
                        "Compared with " + first + ". No differences:");
        assertThat(texts(second)).isEqualTo(texts(first)).hasSizeGreaterThanOrEqualTo(5);
        BenchmarkReport report = JsonReport.read(first);
        assertThat(report.ranking()).allSatisfy(result -> {
            assertThat(result.model().weightsHash()).matches("[0-9a-f]{64}");
            assertThat(result.model().trainedModel()).isEqualTo("micro");
            assertThat(result.parameters().storedType()).isNotEmpty();
            assertThat(result.parameters().build()).isNotEmpty();
            assertThat(result.parameters().architecture())
                    .isEqualTo("4+3 layers, width 128, 80 mel bands, 51865 tokens");
            assertThat(result.options())
                    .containsEntry("beam_size", "1")
                    .containsKeys("patience", "prompt")
                    .doesNotContainEntry("vad", "auto")
                    .doesNotContainEntry("condition_on_previous_text", "auto");
        });
    }

    @Test
    void fileAloneDeterminesThePlan() throws IOException {
        Path copy = directory.resolve("again.json");
        assertThat(terminal.run("benchmark", "--repeat", saved.toString(), "--json", copy.toString()))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);

        BenchmarkReport then = JsonReport.read(saved);
        BenchmarkReport now = JsonReport.read(copy);
        assertThat(now.settings()).isEqualTo(then.settings());
        assertThat(now.settings().model()).isEqualTo("micro-q8_0");
        assertThat(now.settings().audios().get(0).reference()).isEqualTo("Call Anna.");
        assertThat(now.ranking()).singleElement().satisfies(result -> {
            assertThat(result.runs()).hasSize(2);
            assertThat(result.model()).isEqualTo(then.ranking().get(0).model());
            assertThat(result.options()).containsEntry("beam_size", "2").containsEntry("vad", "off");
        });
    }

    @Test
    void saysWhatDiffersBeforeAndAfter() throws IOException {
        Path edited = edited(root -> {
            ((ObjectNode) root.get("environment")).put("tool_version", "0.0.9").put("chip", "Old Chip");
            ((ObjectNode) root.at("/settings/audios/0")).put("sha256", "00".repeat(32));
            ((ObjectNode) root.at("/results/0")).put("version", "0.0.8");
            ((ObjectNode) root.at("/results/0/model/files/0")).put("sha256", "11".repeat(32));
            ((ObjectNode) root.at("/results/0/parameters")).put("runtime", "whisper.cpp 1.0");
            ((ObjectNode) root.at("/results/0/audios/0")).put("text", "Something else.");
        });
        assertThat(terminal.run("benchmark", "--repeat", edited.toString()))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);

        int table = terminal.out().indexOf("Speed");
        assertThat(terminal.out().substring(0, table).replaceAll("\\s+", " "))
                .contains(
                        "RECORDING said.flac IS NOT THE SAME: its sha256 was " + "00".repeat(32) + ", now it is ",
                        "whispercpp: THE WEIGHTS ARE NOT THE SAME: ",
                        "sha256 was " + "11".repeat(32),
                        "tool: was 0.0.9, now ",
                        "processor: was Old Chip, now ",
                        "whispercpp, version: was 0.0.8, now ");
        assertThat(terminal.out().substring(table).replaceAll("\\s+", " "))
                .contains(
                        "RECORDING said.flac IS NOT THE SAME",
                        "whispercpp: THE WEIGHTS ARE NOT THE SAME",
                        "whispercpp, engine: was whisper.cpp 1.0, now whisper.cpp 1.7.1",
                        "whispercpp, text of said.flac: was \"Something else.\", now \"");
    }

    @Test
    void differencesLeaveStandardOutputToAnExport() throws IOException {
        assertThat(terminal.run("benchmark", "--repeat", saved.toString(), "--json", "-"))
                .isEqualTo(ExitCode.OK);

        assertThat(JsonReport.parse(terminal.out(), "out").ranking()).hasSize(1);
        assertThat(terminal.err()).contains("Compared with " + saved);
    }

    @Test
    void modelsThatAreElsewhereAreFoundByName() throws IOException {
        Path edited = edited(root -> ((ObjectNode) root.at("/results/0/model/files/0")).put("path", "/gone/x.bin"));
        assertThat(terminal.run("benchmark", "--repeat", edited.toString()))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.out()).contains("No differences:");
    }

    @Test
    void movedRecordingIsGivenByItsPath() throws IOException {
        Path edited = edited(root -> ((ObjectNode) root.at("/settings/audios/0")).put("file", "/gone/said.flac"));
        assertThat(terminal.run("benchmark", "--repeat", edited.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err())
                .contains("Cannot repeat " + edited + ": the recording /gone/said.flac does not exist.");

        CapturedTerminal found = new CapturedTerminal();
        assertThat(found.run("benchmark", "--repeat", edited.toString(), "-a", recording.toString()))
                .as(found.err())
                .isEqualTo(ExitCode.OK);
        assertThat(found.out()).contains("No differences:");
    }

    @Test
    void standardInputCannotBeRepeated() throws IOException {
        Path edited = edited(root -> ((ObjectNode) root.at("/settings/audios/0"))
                .put("source", "standard-input")
                .putNull("file"));
        assertThat(terminal.run("benchmark", "--repeat", edited.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err()).contains("'said.flac' came from standard input, which is not saved");
        assertThat(terminal.run("benchmark", "--repeat", edited.toString(), "-a", "a", "-a", "b"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err()).contains("it has 1 recordings, but 2 are given");
    }

    /** A report from elsewhere must not write files. */
    @Test
    void engineOptionsThatNamePathsAreNotRepeated() throws IOException {
        Path graphs = directory.resolve("graphs");
        Path edited = edited(root -> ((ObjectNode) root.at("/settings/candidates/0/load/engine_options"))
                .put("dump-graph", graphs.toString()));
        assertThat(terminal.run("benchmark", "--repeat", edited.toString()))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.out().replaceAll("\\s+", " "))
                .contains("engine option dump-graph=" + graphs + ": not repeated");
        assertThat(graphs).doesNotExist();
    }

    @Test
    void fileOfAnotherVersionIsRefused() throws IOException {
        Path early = edited(root -> {
            ((ObjectNode) root.get("settings")).remove("transcribe");
            ((ObjectNode) root.get("environment")).put("tool_version", "0.0.1");
        });
        Path later = edited(root -> root.put("format_version", 2));
        Path unknown = edited(root -> ((ObjectNode) root.at("/settings/transcribe")).put("mind_reading", true));
        Path empty = edited(root -> root.putArray("results"));

        assertThat(terminal.run("benchmark", "--repeat", early.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.run("benchmark", "--repeat", later.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.run("benchmark", "--repeat", unknown.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.run("benchmark", "--repeat", empty.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err())
                .contains(
                        "version 0.0.1 of the tool, which wrote it, did not save all options and sources",
                        "its format_version is 2",
                        "the option 'mind_reading', which this version of the tool does not know",
                        "it has no results");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "not json", "[1,2,3]", "null", "{\"format_version\": 1}", "truncated", "deep", "huge"})
    void damagedFileIsOneLineAndNoStackTrace(String content) throws IOException {
        String text = switch (content) {
            case "truncated" -> Files.readString(saved).substring(0, 1500);
            case "deep" -> "[".repeat(100_000);
            case "huge" -> Files.readString(saved).replaceFirst("\"runs\" : 2", "\"runs\" : 99999999999999999999");
            default -> content;
        };
        Path file = Files.writeString(directory.resolve("bad.json"), text);

        assertThat(terminal.run("benchmark", "--repeat", file.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.out()).isEmpty();
        assertThat(terminal.err().lines()).singleElement().asString().startsWith("error: " + file + " is not a ");
    }

    @Test
    void unreadableFileIsNamed() throws IOException {
        Path binary = Files.write(directory.resolve("binary.json"), new byte[] {'{', (byte) 0xff});
        for (Path file : List.of(directory.resolve("missing.json"), directory, binary)) {
            CapturedTerminal own = new CapturedTerminal();
            assertThat(own.run("benchmark", "--repeat", file.toString())).isEqualTo(ExitCode.USAGE);
            assertThat(own.err().lines()).singleElement().asString().startsWith("error: Cannot read " + file + ": ");
        }
    }

    @Test
    void optionsOfThePlanConflict() {
        for (List<String> option : List.of(
                List.of("-i", "faster"), List.of("-m", "tiny"), List.of("-n", "1"), List.of("--beam-size", "5"))) {
            CapturedTerminal own = new CapturedTerminal();
            assertThat(own.run(Stream.concat(Stream.of("benchmark", "--repeat", saved.toString()), option.stream())
                            .toArray(String[]::new)))
                    .isEqualTo(ExitCode.USAGE);
            assertThat(own.err()).contains("--repeat takes everything from its file; leave out --");
        }
    }

    @Test
    void jsonTranscriptSaysWhatMadeIt() throws IOException {
        assertThat(terminal.run("transcribe", recording.toString(), "-i", "whispercpp", "-f", "json"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);

        ObjectNode run = (ObjectNode) JSON.readTree(terminal.out()).get("run");
        assertThat(run.path("implementation").asText()).isEqualTo("whispercpp");
        assertThat(run.at("/audio/file").asText()).isEqualTo(recording.toString());
        assertThat(run.at("/audio/sha256").asText()).matches("[0-9a-f]{64}");
        assertThat(run.at("/model/files/0/sha256").asText()).matches("[0-9a-f]{64}");
        assertThat(run.at("/parameters/runtime").asText()).startsWith("whisper.cpp");
        assertThat(run.at("/parameters/build").asText()).contains("AVX");
        assertThat(run.at("/options/temperatures").asText()).isEqualTo("0.0,0.2,0.4,0.6,0.8,1.0");
        assertThat(run.has("tool_version")).isTrue();
    }

    private static Stream<List<String>> lines(BenchmarkReport report) {
        return report.results().stream()
                .map(BenchmarkResult.Measured.class::cast)
                .map(result ->
                        List.of(result.implementation(), result.audios().get(0).text()));
    }

    private static List<List<String>> texts(Path file) {
        return lines(JsonReport.read(file)).toList();
    }

    private Path edited(Consumer<ObjectNode> change) throws IOException {
        ObjectNode root = (ObjectNode) JSON.readTree(Files.readString(saved));
        change.accept(root);
        return Files.writeString(Files.createTempFile(directory, "edited", ".json"), root.toPrettyString());
    }

    private static Path copy(SpeechSample sample, Path target) throws IOException {
        try (InputStream in = sample.open()) {
            Files.copy(in, target);
        }
        return target;
    }
}
