package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.process.testing.InheritedSignals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Interrupts the built distribution like a terminal, and closes the pipe that reads its output. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class InterruptIT {
    private static final int LATEST_MILLIS = 4000;

    @TempDir
    private static Path shared;

    private static Path recordings;

    @TempDir
    private Path directory;

    @BeforeAll
    static void writeRecordings() throws IOException {
        UnpackedLibraries.shareWith(shared.resolve("home"));
        recordings = Files.createDirectory(shared.resolve("recordings"));
        LongRecording.write(recordings.resolve("a.wav"), 1);
        LongRecording.write(recordings.resolve("b.wav"), 2);
        LongRecording.write(recordings.resolve("c.wav"), 60);
    }

    /** Signals reach all processes of a group, as from a keyboard. */
    @ParameterizedTest
    @ValueSource(strings = {"coreml", "faster", "insanely", "mlx", "mps", "whispercpp"})
    void interruptAtAnyTimeEndsCleanly(String implementation) throws Exception {
        Random moments = new Random(implementation.hashCode());
        for (int i = 0; i < 3; i++) {
            int millis = moments.nextInt(LATEST_MILLIS);
            Run run = interrupt(
                    "INT",
                    millis,
                    "transcribe",
                    "-i",
                    implementation,
                    "-f",
                    "txt,json",
                    "-o",
                    "out",
                    recordings.toString());
            assertThat(run.exitCode).as(millis + " ms: " + run.err).isEqualTo(ExitCode.INTERRUPTED);
            assertThat(run.err).doesNotContain("error", "SIGSEGV", "SIGABRT", "Exception");
            assertNothingIsHalfDone();
        }
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143", "HUP, 129"})
    void reportsProgressOnInterrupt(String signal, int exitCode) throws Exception {
        Run run = interruptOnce(
                directory.resolve("out/b.txt"),
                signal,
                "transcribe",
                "-i",
                "faster",
                "-o",
                "out",
                recordings.toString());
        assertThat(run.exitCode).as(run.err).isEqualTo(exitCode);
        assertThat(run.err).endsWith("interrupted; 2 of 3 recordings transcribed into out\n");
        assertThat(directory.resolve("out/a.txt")).isNotEmptyFile();
        assertNothingIsHalfDone();
    }

    @Test
    void interruptKeepsConfirmedLiveText() throws Exception {
        Path captions = directory.resolve("out/c.srt");
        Run run = interruptOnce(
                captions,
                "INT",
                "transcribe",
                "--live",
                "-i",
                "faster",
                "-l",
                "en",
                "-f",
                "srt",
                "-o",
                "out",
                recordings.resolve("c.wav").toString());
        assertThat(run.exitCode).as(run.err).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(run.err)
                .endsWith("interrupted; the confirmed text is kept\n")
                .doesNotContain("error");
        assertThat(captions).content().startsWith("1\n00:00:0").endsWith("\n");
        assertThat(run.out).isNotBlank();
    }

    @Test
    void interruptedBenchmarkLeavesNoChild() throws Exception {
        Run run = interrupt(
                "INT",
                2500,
                "benchmark",
                "-i",
                "faster,whispercpp",
                "-n",
                "50",
                "-a",
                recordings.resolve("c.wav").toString());
        assertThat(run.exitCode).as(run.err).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(run.err).doesNotContain("error", "SIGSEGV");
        assertNothingIsHalfDone();
    }

    @ParameterizedTest
    @ValueSource(strings = {"list", "list --json", "--help", "transcribe --help", "cache path", "check-models"})
    void closedPipeEndsQuietly(String command) throws Exception {
        Run run = run("\"$@\" 2>&3 | true; exit ${PIPESTATUS[0]}", command.split(" "));
        assertThat(run.exitCode).as(run.err).isEqualTo(141);
        assertThat(run.err).isEmpty();
    }

    @Test
    void stopsTranscribingWhenPipeIsClosed() throws Exception {
        Run run = run(
                "\"$@\" 2>&3 | head -n 1; exit ${PIPESTATUS[0]}", "transcribe", "-i", "faster", recordings.toString());
        assertThat(run.exitCode).as(run.err).isEqualTo(141);
        assertThat(run.out).hasLineCount(1);
        assertThat(run.err).doesNotContain("error", "c.wav");
    }

    private void assertNothingIsHalfDone() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("tmp"))) {
            assertThat(files.filter(Files::isRegularFile)).as("temporary files").isEmpty();
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .as("no crash report")
                    .isSubsetOf("tmp", "out", "stdout", "stderr", "pid");
        }
        Path out = directory.resolve("out");
        if (Files.exists(out)) {
            try (Stream<Path> files = Files.list(out)) {
                for (Path file : files.toList()) {
                    assertThat(file.getFileName().toString()).matches("[abc]\\.(txt|json)");
                    if (file.toString().endsWith(".json")) {
                        assertThat(new ObjectMapper().readTree(file.toFile()).has("text"))
                                .isTrue();
                    }
                }
            }
        }
    }

    private record Run(int exitCode, String out, String err) {}

    private Run interrupt(String signal, int millis, String... args) throws IOException, InterruptedException {
        InheritedSignals.assumeNotIgnored(signal);
        return run("set -m; \"$@\" 2>&3 & sleep " + millis / 1000.0 + "; kill -" + signal + " -- -$!; wait $!", args);
    }

    /** Sends a signal as soon as a file has content. */
    private Run interruptOnce(Path file, String signal, String... args) throws IOException, InterruptedException {
        InheritedSignals.assumeNotIgnored(signal);
        return run(
                "set -m; \"$@\" 2>&3 & while kill -0 $! && ! [ -s '" + file
                        + "' ]; do sleep 0.05; done; sleep 0.3; kill -" + signal + " -- -$!; wait $!",
                args);
    }

    /** Runs a script, in which {@code "$@"} is the tool with arguments. Drops the shell's messages about ended jobs. */
    private Run run(String script, String... args) throws IOException, InterruptedException {
        Path out = directory.resolve("stdout");
        Path err = directory.resolve("stderr");
        Path temporary = Files.createDirectories(directory.resolve("tmp"));
        List<String> line = new ArrayList<>(List.of("bash", "-c", "exec 3>&2 2> /dev/null; " + script, "bash"));
        line.add(Path.of(System.getProperty("distribution.directory"), "bin", "whisper-speedtest")
                .toString());
        line.addAll(Arrays.asList(args));
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        // These runs are too short to benefit from the optimising compiler.
        builder.environment().put("JAVA_OPTS", "-XX:TieredStopAtLevel=1 -Djava.io.tmpdir=" + temporary);
        builder.environment().put(ToolHome.HOME_VARIABLE, shared.resolve("home").toString());
        builder.environment().put("HF_HOME", shared.resolve("huggingface").toString());
        int exitCode = builder.start().waitFor();
        return new Run(exitCode, Files.readString(out), Files.readString(err));
    }
}
