package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.process.testing.InheritedSignals;
import io.github.whisperspeedtest.testing.MicroSamples;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pipes recordings to the built distribution, as a shell does. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class StandardInputIT {
    private static final SpeechSample SAMPLE = MicroSamples.named("en_multi_01.flac");

    @TempDir
    private static Path shared;

    private static Path wav;

    @TempDir
    private Path directory;

    @BeforeAll
    static void writeRecordings() throws IOException {
        UnpackedLibraries.shareWith(shared.resolve("home"));
        wav = LongRecording.write(shared.resolve("sample.wav"), 1);
    }

    @Test
    void readsAPipeThatPauses() throws Exception {
        Run run = run("{ head -c 1000; sleep 0.5; cat; } < $WAV | $TOOL transcribe - -i faster");
        assertThat(run.exitCode).as(run.err).isEqualTo(ExitCode.OK);
        assertThat(words(run.out)).isEqualTo(SAMPLE.reference());
        assertNothingIsLeft();
    }

    @Test
    void readsRawSamplesAndWritesSubtitles() throws Exception {
        Run run = run("tail -c +45 $WAV | $TOOL transcribe - --raw-format s16le@16000 -i faster"
                + " -f srt --max-line-width 20 --max-line-count 2 -o out");
        assertThat(run.exitCode).as(run.err).isEqualTo(ExitCode.OK);
        List<String> lines = Files.readAllLines(directory.resolve("out/stdin.srt"));
        assertThat(lines).allMatch(line -> line.contains(" --> ") || line.length() <= 20);
        assertNothingIsLeft();
    }

    /** The header of a WAV file that ffmpeg writes to a pipe has no lengths. */
    @Test
    void readsFromFfmpeg() throws Exception {
        try (InputStream in = SAMPLE.open()) {
            Files.copy(in, directory.resolve("talk.flac"));
        }
        assumeThat(run("ffmpeg -version").exitCode).as("ffmpeg is installed").isZero();
        Run run = run("ffmpeg -v error -i talk.flac -f wav - | $TOOL transcribe - -i faster");
        assertThat(run.exitCode).as(run.err).isEqualTo(ExitCode.OK);
        assertThat(words(run.out)).isEqualTo(SAMPLE.reference());
        assertThat(run.err).doesNotContain("warning");
    }

    @Test
    void benchmarksStandardInput() throws Exception {
        Run run = run("cat $WAV | $TOOL benchmark -a - -i faster,whispercpp -n 1 --warmup 0 --csv -");
        assertThat(run.exitCode).as(run.err).isEqualTo(ExitCode.OK);
        assertThat(run.out).contains("\nfaster,", "\nwhispercpp,");
        assertNothingIsLeft();
    }

    @Test
    void refusesAClosedStreamAndADirectory() throws Exception {
        Run closed = run("$TOOL transcribe - -i faster <&-");
        assertThat(closed.exitCode).as(closed.err).isEqualTo(ExitCode.USAGE);
        assertThat(closed.err).contains("'stdin': expected audio, found nothing (0 bytes)");

        Run folder = run("$TOOL transcribe - -i faster < .");
        assertThat(folder.exitCode).as(folder.err).isEqualTo(ExitCode.USAGE);
        assertThat(folder.err).contains("Cannot read 'stdin': Is a directory.").doesNotContain("\tat ");
        assertNothingIsLeft();
    }

    /** A limit for the size of files stands for a full disk; the first run leaves nothing else to write. */
    @Test
    void reportsAFullDisk() throws Exception {
        assertThat(run("$TOOL transcribe - -i faster < $WAV").exitCode).isEqualTo(ExitCode.OK);
        Run run = run("ulimit -f 64; $TOOL transcribe - -i faster < $WAV");
        assertThat(run.exitCode).as(run.err).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(run.err).contains("Cannot store standard input in the temporary directory: ", "tmpdir");
        assertNothingIsLeft();
    }

    @Test
    void refusesATerminal() throws Exception {
        assumeScript();
        Run run = run("script -qec \"$TOOL transcribe -\" /dev/null < /dev/null");
        assertThat(run.exitCode).as(run.out).isEqualTo(ExitCode.USAGE);
        assertThat(run.out).contains("error: Standard input (-) is a terminal; pipe or redirect a recording to it");
    }

    /** With all output on a terminal, a question about the download would read the answer from the recording. */
    @Test
    void asksNothing() throws Exception {
        assumeScript();
        Run run = run("script -qec \"cat $WAV | $TOOL transcribe - -m base -i faster\" /dev/null < /dev/null");
        assertThat(run.exitCode).as(run.out).isEqualTo(ExitCode.MODEL);
        assertThat(run.out).contains("whisper-speedtest download").doesNotContain("Download it (");
    }

    @Test
    void interruptEndsTheWait() throws Exception {
        InheritedSignals.assumeNotIgnored("INT");
        Run run = run(
                "exec 3>&2 2> /dev/null; set -m; mkfifo pipe; exec 4<> pipe; $TOOL transcribe - -i faster < pipe 2>&3 4>&- &"
                        + " while kill -0 $! && ! ls tmp/*.stdin; do sleep 0.05; done; sleep 0.3; kill -INT -- -$!; wait $!");
        assertThat(run.exitCode).as(run.err).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(run.err).endsWith("interrupted\n").doesNotContain("error");
        assertNothingIsLeft();
    }

    private void assumeScript() throws Exception {
        assumeThat(run("script -qec true /dev/null < /dev/null").exitCode)
                .as("script, which runs a command on a terminal, is installed")
                .isZero();
    }

    private void assertNothingIsLeft() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("tmp"))) {
            assertThat(files.filter(Files::isRegularFile)).as("temporary files").isEmpty();
        }
    }

    private static String words(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }

    private record Run(int exitCode, String out, String err) {}

    /** Runs a script of bash; its exit code is that of the last command of a pipe. */
    private Run run(String script) throws IOException, InterruptedException {
        Path out = directory.resolve("stdout");
        Path err = directory.resolve("stderr");
        Path temporary = Files.createDirectories(directory.resolve("tmp"));
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", script)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment()
                .put("TOOL", Path.of(System.getProperty("distribution.directory"), "bin", "whisper-speedtest") + "");
        builder.environment().put("WAV", wav.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("JAVA_OPTS", "-XX:TieredStopAtLevel=1 -Djava.io.tmpdir=" + temporary);
        builder.environment().put(ToolHome.HOME_VARIABLE, shared.resolve("home").toString());
        builder.environment().put("HF_HOME", shared.resolve("huggingface").toString());
        int exitCode = builder.start().waitFor();
        return new Run(exitCode, Files.readString(out), Files.readString(err));
    }
}
