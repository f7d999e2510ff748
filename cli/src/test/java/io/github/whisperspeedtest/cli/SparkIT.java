package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.testing.MicroSamples;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code spark} of the built distribution, with the jars of Spark that the build has. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@DisabledOnOs(OS.WINDOWS)
class SparkIT {
    private static final Path PROGRAM =
            Path.of(System.getProperty("distribution.directory")).resolve("bin/whisper-speedtest");
    private static final Path JARS = Path.of("..", "spark", "target", "spark-jars.txt");
    private static final List<SpeechSample> SAMPLES = Stream.of(
                    "en_single_01.flac", "en_single_02.flac", "de_single_01.flac")
            .map(MicroSamples::named)
            .toList();

    @TempDir
    private Path directory;

    private Path home;
    private Path sparkHome;
    private Path recordings;

    private record Run(int exitCode, String out, String err) {}

    @BeforeEach
    void prepare() throws IOException {
        home = UnpackedLibraries.shareWith(directory.resolve("home"));
        sparkHome = Path.of("target", "spark-of-tests").toAbsolutePath();
        Path jars = Files.createDirectories(sparkHome.resolve("jars"));
        for (String jar : Files.readString(JARS).strip().split(":")) {
            Path file = Path.of(jar);
            Path link = jars.resolve(file.getFileName());
            Files.deleteIfExists(link);
            Files.createSymbolicLink(link, file);
        }
        recordings = Files.createDirectories(directory.resolve("recordings of today"));
        for (SpeechSample sample : SAMPLES) {
            add(sample, sample.name());
        }
        Files.writeString(recordings.resolve("broken.wav"), "This is no recording.");
    }

    @Test
    void transcribesIntoTableAndThenOnlyWhatIsMissing() throws Exception {
        Path output = directory.resolve("rows");
        Run first = spark(output, "--format", "jsonl", "--json");
        assertThat(first.exitCode).as(first.err).isEqualTo(ExitCode.FAILED);
        assertSummary(first, 4, 3, 0, 1);
        assertThat(first.err)
                .contains("warning: 1 failed; the field 'error' in " + output)
                .doesNotContain("Exception", "INFO");
        Map<String, JsonNode> rows = rows(output);
        assertThat(rows).hasSize(4);
        for (SpeechSample sample : SAMPLES) {
            assertThat(rows.get(sample.name()).get("text").asText()).isEqualTo(sample.reference());
            assertThat(rows.get(sample.name()).get("error").isNull()).isTrue();
        }
        assertThat(rows.get("broken.wav").get("error").asText()).contains("broken.wav");

        add(SAMPLES.get(0), "later.flac");
        Run second = spark(output, "--format", "jsonl", "--json");
        assertThat(second.exitCode).as(second.err).isEqualTo(ExitCode.FAILED);
        assertSummary(second, 5, 1, 3, 1);
        assertThat(rows(output)).hasSize(5);
    }

    @Test
    void writesSubtitlesAndThenOnlyWhatIsMissing() throws Exception {
        Files.delete(recordings.resolve("broken.wav"));
        Path output = directory.resolve("subtitles");
        Run first = spark(output, "--format", "srt");
        assertThat(first.exitCode).as(first.err).isEqualTo(ExitCode.OK);
        assertThat(first.out)
                .startsWith("3 recordings: 3 transcribed into " + output + ", 0 already there, 0 failed")
                .contains("times real time");
        for (SpeechSample sample : SAMPLES) {
            assertThat(output.resolve(sample.name() + ".srt")).content().contains(" --> ", sample.reference());
        }

        Path kept = output.resolve(SAMPLES.get(0).name() + ".srt");
        Files.writeString(kept, "edited by hand");
        Files.delete(output.resolve(SAMPLES.get(1).name() + ".srt"));
        Run second = spark(output, "--format", "srt");
        assertThat(second.out).startsWith("3 recordings: 1 transcribed into " + output + ", 2 already there, 0 failed");
        assertThat(output.resolve(SAMPLES.get(1).name() + ".srt")).isNotEmptyFile();
        assertThat(kept).hasContent("edited by hand");
    }

    @Test
    void reportsMissingModelWithoutStackTraces() throws Exception {
        Run run = spark(directory.resolve("out"), "-m", "base", "--offline", "--models-dir", home.toString());
        assertThat(run.exitCode).as(run.err).isEqualTo(ExitCode.MODEL);
        assertThat(run.err)
                .contains("error: Model 'base' of implementation 'faster' is missing", home.toString())
                .doesNotContain("\tat ");
    }

    @Test
    void reportsWrongOptionsAndInputsAsOtherCommandsDo() throws Exception {
        Run unsupported = spark(directory.resolve("out"), "--engine-option", "no-such=1");
        assertThat(unsupported.exitCode).as(unsupported.err).isEqualTo(ExitCode.USAGE);
        assertThat(unsupported.err).contains("error: ", "no-such").doesNotContain("Exception");

        try (Stream<Path> files = Files.list(recordings)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Run empty = spark(directory.resolve("out"));
        assertThat(empty.exitCode).as(empty.err).isEqualTo(ExitCode.USAGE);
        assertThat(empty.err).contains("error: No recording is at '" + recordings + "'");
    }

    private void assertSummary(Run run, int recordings, int transcribed, int before, int failed) throws IOException {
        JsonNode summary = new ObjectMapper().readTree(run.out);
        assertThat(List.of(
                        summary.get("recordings").asInt(),
                        summary.get("transcribed").asInt(),
                        summary.get("already_there").asInt(),
                        summary.get("failed").asInt()))
                .containsExactly(recordings, transcribed, before, failed);
    }

    private void add(SpeechSample sample, String name) throws IOException {
        try (InputStream in = sample.open()) {
            Files.copy(in, recordings.resolve(name));
        }
    }

    /** Returns the rows of a table by the names of their recordings, each of which occurs once. */
    private static Map<String, JsonNode> rows(Path output) throws IOException {
        Map<String, JsonNode> rows = new TreeMap<>();
        try (Stream<Path> files = Files.list(output)) {
            for (Path file :
                    files.filter(part -> part.toString().endsWith(".json")).toList()) {
                for (String line : Files.readAllLines(file)) {
                    JsonNode row = new ObjectMapper().readTree(line);
                    String path = row.get("path").asText();
                    assertThat(rows.put(path.substring(path.lastIndexOf('/') + 1), row))
                            .isNull();
                }
            }
        }
        return rows;
    }

    private Run spark(Path output, String... more) throws IOException, InterruptedException {
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path err = Files.createTempFile(directory, "err", ".txt");
        List<String> line = new ArrayList<>(
                List.of(PROGRAM.toString(), "spark", recordings.toString(), "-o", output.toString(), "-i", "faster"));
        line.addAll(List.of("--master", "local[2]", "--conf", "spark.ui.enabled=false"));
        line.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("SPARK_HOME", sparkHome.toString());
        builder.environment().put(ToolHome.HOME_VARIABLE, home.toString());
        builder.environment().put("HF_HOME", directory.resolve("huggingface").toString());
        builder.environment().put("LC_ALL", "C.UTF-8");
        int exitCode = builder.start().waitFor();
        return new Run(exitCode, Files.readString(out), Files.readString(err));
    }
}
