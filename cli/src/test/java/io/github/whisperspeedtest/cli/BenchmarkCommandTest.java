package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.benchmark.BenchmarkAudio;
import io.github.whisperspeedtest.benchmark.BenchmarkReport;
import io.github.whisperspeedtest.benchmark.BenchmarkResult;
import io.github.whisperspeedtest.benchmark.JsonReport;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.model.ToolHome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("end-to-end")
class BenchmarkCommandTest {
    @TempDir
    private static Path home;

    @TempDir
    private Path directory;

    private final CapturedTerminal terminal = new CapturedTerminal();

    @BeforeAll
    static void useAHomeOfItsOwn() throws IOException {
        System.setProperty(
                ToolHome.HOME_PROPERTY, UnpackedLibraries.shareWith(home).toString());
    }

    @AfterAll
    static void forgetIt() {
        System.clearProperty(ToolHome.HOME_PROPERTY);
    }

    /** What {@code jq} would do with the example of the help. */
    @Test
    void jqExampleOfHelpFindsMedians() throws IOException {
        terminal.run("benchmark", "--help");
        Matcher example = Pattern.compile("jq '\\.results\\[]\\.([a-z_.]+)'").matcher(terminal.out());
        assertThat(example.find()).as(terminal.out()).isTrue();
        CapturedTerminal second = new CapturedTerminal();
        assertThat(second.run("benchmark", "-i", "whispercpp", "-n", "1", "--warmup", "0", "--json", "-"))
                .isEqualTo(ExitCode.OK);
        JsonNode results = new ObjectMapper().readTree(second.out()).get("results");
        assertThat(results).hasSize(1);
        assertThat(results.get(0).at("/" + example.group(1).replace('.', '/')).doubleValue())
                .isPositive();
    }

    @Test
    void savesResultsInEveryFormat() throws IOException {
        Path json = directory.resolve("results.json");
        Path csv = directory.resolve("results.csv");
        Path markdown = directory.resolve("results.md");
        assertThat(terminal.run(
                        "benchmark",
                        "-n",
                        "2",
                        "--json",
                        json.toString(),
                        "--csv",
                        csv.toString(),
                        "--markdown",
                        markdown.toString()))
                .isEqualTo(ExitCode.OK);

        assertThat(terminal.out())
                .contains("whispercpp", "0.0 %", "is a demo that knows 65 words")
                .containsPattern("Use \\w+ with micro at ");
        BenchmarkReport report = JsonReport.parse(Files.readString(json), json.toString());
        assertThat(report.ranking()).hasSize(report.results().size()).allSatisfy(result -> {
            assertThat(result.runs()).hasSize(2);
            assertThat(result.load()).isPositive();
            assertThat(result.wordErrorRate().orElseThrow().errors()).isZero();
            assertThat(result.timings()).isNotNull();
        });
        assertThat(Files.readString(csv)).contains("whispercpp");
        assertThat(Files.readString(markdown)).contains("| whispercpp");
        try (Stream<Path> saved = Files.list(home.resolve("results"))) {
            assertThat(saved.map(file -> file.getFileName().toString()))
                    .isNotEmpty()
                    .allMatch(name -> name.matches("benchmark-\\d{8}-\\d{6}(-\\d+)?\\.(json|html)"))
                    .anyMatch(name -> name.endsWith(".html"));
        }
    }

    @Test
    void resultsOfSameSecondGetDifferentNames(@TempDir Path directory) throws IOException {
        ResultsDirectory results = new ResultsDirectory(directory.resolve("results"));
        Instant start = Instant.parse("2026-01-02T03:04:05.6Z");
        assertThat(results.claim(start)).hasFileName("benchmark-20260102-030405.json");
        assertThat(results.claim(start)).hasFileName("benchmark-20260102-030405-2.json");
    }

    @Test
    void printsOnlyExportToStandardOutput() {
        assertThat(terminal.run("benchmark", "-i", "whispercpp,faster", "-n", "1", "--warmup", "0", "--json", "-"))
                .isEqualTo(ExitCode.OK);
        assertThat(JsonReport.parse(terminal.out(), "standard output").ranking())
                .extracting(BenchmarkResult::implementation)
                .contains("whispercpp")
                .hasSizeGreaterThan(1);
    }

    @Test
    void failsIfARequestedFileCannotBeWritten() {
        Path full = Path.of("/dev/full");
        assumeThat(full).as("Linux's device for tests of full disks").exists();
        assertThat(terminal.run("benchmark", "-i", "whispercpp", "-n", "1", "--warmup", "0", "--csv", full.toString()))
                .isEqualTo(ExitCode.FAILED);
        assertThat(terminal.out()).contains("whispercpp", "0.0 %");
        assertThat(terminal.err()).contains("cannot write " + full);
    }

    @Test
    void measuresRandomWeightsWithoutAWordErrorRate() {
        assertThat(terminal.run(
                        "benchmark",
                        "-i",
                        "whispercpp",
                        "-m",
                        "random-tiny:q5_1",
                        "-l",
                        "en",
                        "-n",
                        "1",
                        "--warmup",
                        "0",
                        "--csv",
                        "-"))
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.out())
                .contains("whispercpp,", "random weights", "q5_1")
                .doesNotContain("Call Anna.");
        assertThat(home.resolve("models/random")).isDirectory();
        assertThat(terminal.run("check-models", "-i", "whispercpp", "-m", "random-tiny:q5_1"))
                .isEqualTo(ExitCode.OK);
    }

    @Test
    void computesTheWordErrorRateFromTheReferenceText() throws IOException {
        SpeechSample sample = EmbeddedModel.samples().get(0);
        Path recording = directory.resolve(sample.name());
        try (InputStream in = sample.open()) {
            Files.copy(in, recording);
        }
        Path text = Files.writeString(directory.resolve("said.txt"), "\n" + sample.reference() + "\n");
        assertThat(terminal.run(
                        "benchmark",
                        "-i",
                        "whispercpp",
                        "-n",
                        "1",
                        "--warmup",
                        "0",
                        "-a",
                        recording.toString(),
                        "-a",
                        recording.toString(),
                        "--reference-text",
                        text.toString(),
                        "--reference-text",
                        sample.reference() + " Wrong.",
                        "--json",
                        "-"))
                .as(terminal.err())
                .isEqualTo(ExitCode.OK);

        BenchmarkReport report = JsonReport.parse(terminal.out(), "standard output");
        assertThat(report.settings().audios())
                .extracting(BenchmarkAudio::reference)
                .containsExactly(sample.reference(), sample.reference() + " Wrong.");
        assertThat(report.ranking().get(0).audios())
                .extracting(audio -> audio.errorRate().errors())
                .containsExactly(0, 1);
    }

    @Test
    void readsAReferenceWithAByteOrderMark() throws IOException {
        Path file = Files.writeString(directory.resolve("bom.txt"), "\uFEFFTurn off the music\r\nin the garden.\r\n");

        String reference = ReferenceText.of(file.toString());

        assertThat(reference).startsWith("Turn").endsWith("garden.");
        assertThat(ErrorRate.of(reference, "Turn off the music in the garden.", "en")
                        .errors())
                .isZero();
    }

    @Test
    void refusesAnInvalidReference() throws IOException {
        Path empty = Files.writeString(directory.resolve("empty.txt"), " ...\n");
        Path latin = Files.write(directory.resolve("latin.txt"), new byte[] {'G', 'r', (byte) 0xfc});
        assertThatThrownBy(() -> ReferenceText.of("refs/talk"))
                .hasMessage(
                        "There is no file 'refs/talk' with a reference text. Check its name, or give the text itself.");
        assertThatThrownBy(() -> ReferenceText.of("talk.txt")).hasMessageContaining("There is no file 'talk.txt'");
        assertThatThrownBy(() -> ReferenceText.of(empty.toString())).hasMessageContaining("has no word in it");
        assertThatThrownBy(() -> ReferenceText.of(latin.toString())).hasMessageContaining("is not UTF-8");
        assertThat(ReferenceText.of("Hello.")).isEqualTo("Hello.");
        assertThat(ReferenceText.of("and/or what?\0")).isEqualTo("and/or what?\0");

        assertThat(terminal.run("benchmark", "--reference-text", "Hello there."))
                .isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err()).contains("once for each recording, but there are 1 for 0");
    }

    @Test
    void reportsAMissingModelInOneLine() {
        assertThat(terminal.run("benchmark", "-m", "small", "-i", "whispercpp,faster"))
                .isEqualTo(ExitCode.MODEL);
        assertThat(terminal.out()).isEmpty();
        assertThat(terminal.err().lines())
                .singleElement()
                .asString()
                .contains("'small'", "whisper-speedtest download -i whispercpp,faster -m small");
    }

    @Test
    void reportsAnUnknownModelInOneLine() {
        assertThat(terminal.run("benchmark", "-m", "gigantic")).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.out()).isEmpty();
        assertThat(terminal.err().lines()).singleElement().asString().contains("'gigantic'");
    }

    @Test
    void enforcesTheTimeLimit() {
        assertThat(terminal.run("benchmark", "-i", "whispercpp,faster", "-n", "100000", "--time-limit", "5"))
                .isEqualTo(ExitCode.FAILED);
        assertThat(terminal.out()).contains("did not finish within 5");
    }

    @Test
    void validatesOptionsBeforeMeasuring() throws IOException {
        assertThat(terminal.run("benchmark", "-i", "whispercpp,nobody")).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.run("benchmark", "-n", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.run("benchmark", "--json", "-", "--csv", "-")).isEqualTo(ExitCode.USAGE);
        for (String option : List.of("--json", "--csv", "--markdown")) {
            Path missing = directory.resolve("missing" + option);
            assertThat(terminal.run("benchmark", option, missing.resolve("x").toString()))
                    .isEqualTo(ExitCode.USAGE);
            assertThat(terminal.err()).contains(option + "): there is no directory " + missing);
            assertThat(missing).doesNotExist();
        }
        assertThat(terminal.run("benchmark", "--json", directory.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err()).contains("it is a directory");
        Path file = Files.createFile(directory.resolve("file"));
        assertThat(terminal.run("benchmark", "--csv", file + "/below-a-file.csv"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err()).contains("below-a-file.csv (--csv): ");
        assertThat(terminal.run("benchmark", "-a", "no-such-file.wav")).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.out()).isEmpty();
        assertThat(terminal.err()).contains("nobody", "--runs", "standard output", "no-such-file.wav");
    }
}
