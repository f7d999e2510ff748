package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.benchmark.BenchmarkReport;
import io.github.whisperspeedtest.benchmark.BenchmarkResult;
import io.github.whisperspeedtest.benchmark.JsonReport;
import io.github.whisperspeedtest.model.ToolHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkCommandTest {
    @TempDir
    private static Path home;

    @TempDir
    private Path directory;

    private final CapturedTerminal terminal = new CapturedTerminal();

    @BeforeAll
    static void useAHomeOfItsOwn() {
        System.setProperty(ToolHome.HOME_PROPERTY, home.toString());
    }

    @AfterAll
    static void forgetIt() {
        System.clearProperty(ToolHome.HOME_PROPERTY);
    }

    @Test
    void measuresAndSavesInEveryForm() throws IOException {
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

        assertThat(terminal.out()).contains("whispercpp", "real-time factor", "WER", "0.0 %", "Call Anna.");
        BenchmarkReport report = JsonReport.parse(Files.readString(json), json.toString());
        BenchmarkResult.Measured result =
                (BenchmarkResult.Measured) report.results().get(0);
        assertThat(result.runs()).hasSize(2);
        assertThat(result.load()).isPositive();
        assertThat(result.wordErrorRate().orElseThrow().errors()).isZero();
        assertThat(result.timings()).isNotNull();
        assertThat(Files.readString(csv)).contains("whispercpp");
        assertThat(Files.readString(markdown)).contains("| whispercpp");
        try (Stream<Path> saved = Files.list(home.resolve("results"))) {
            assertThat(saved.map(file -> file.getFileName().toString()))
                    .isNotEmpty()
                    .allMatch(name -> name.matches("benchmark-\\d{8}-\\d{6}(-\\d+)?\\.json"));
        }
    }

    @Test
    void keepsResultsOfBenchmarksThatBeginTogetherApart(@TempDir Path directory) throws IOException {
        ResultsDirectory results = new ResultsDirectory(directory.resolve("results"));
        Instant start = Instant.parse("2026-01-02T03:04:05.6Z");
        assertThat(results.claim(start)).hasFileName("benchmark-20260102-030405.json");
        assertThat(results.claim(start)).hasFileName("benchmark-20260102-030405-2.json");
    }

    @Test
    void printsOnlyWhatWasAskedForOnStandardOutput() {
        assertThat(terminal.run("benchmark", "-n", "1", "--warmup", "0", "--json", "-"))
                .isEqualTo(ExitCode.OK);
        assertThat(JsonReport.parse(terminal.out(), "standard output").ranking())
                .hasSize(1);
    }

    @Test
    void failsWhereAFileThatWasAskedForCannotBeWritten() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThat(terminal.run("benchmark", "-n", "1", "--warmup", "0", "--csv", file + "/below-a-file.csv"))
                .isEqualTo(ExitCode.FAILED);
        assertThat(terminal.out()).contains("whispercpp", "0.0 %");
        assertThat(terminal.err()).contains("cannot write " + file);
    }

    @Test
    void measuresRandomWeightsWithoutCallingTheirTextWrong() {
        assertThat(terminal.run(
                        "benchmark", "-m", "random-tiny:q5_1", "-l", "en", "-n", "1", "--warmup", "0", "--csv", "-"))
                .isEqualTo(ExitCode.OK);
        assertThat(terminal.out())
                .contains("whispercpp,", "random weights", "q5_1")
                .doesNotContain("Call Anna.");
        assertThat(home.resolve("models/random")).isDirectory();
        assertThat(terminal.run("check-models", "-m", "random-tiny:q5_1")).isEqualTo(ExitCode.OK);
    }

    @Test
    void showsAModelThatIsMissingAsARow() {
        assertThat(terminal.run("benchmark", "-m", "small")).isEqualTo(ExitCode.FAILED);
        assertThat(terminal.out()).contains("whispercpp", "ggml-small.bin");
    }

    @Test
    void endsWhatTakesTooLong() {
        assertThat(terminal.run("benchmark", "-n", "100000", "--time-limit", "5"))
                .isEqualTo(ExitCode.FAILED);
        assertThat(terminal.out()).contains("did not end within 5");
    }

    @Test
    void refusesBeforeAnythingIsMeasured() {
        assertThat(terminal.run("benchmark", "-i", "whispercpp,nobody")).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.run("benchmark", "-n", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.run("benchmark", "--json", "-", "--csv", "-")).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.run("benchmark", "-a", "no-such-file.wav")).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.out()).isEmpty();
        assertThat(terminal.err()).contains("nobody", "--runs", "standard output", "no-such-file.wav");
    }
}
