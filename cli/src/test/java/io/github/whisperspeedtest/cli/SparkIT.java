package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.process.testing.InheritedSignals;
import io.github.whisperspeedtest.testing.MicroSamples;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command {@code spark} of the built distribution, with the jars of Spark that the build has. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@DisabledOnOs(OS.WINDOWS)
class SparkIT {
    private static final Path PROGRAM =
            Path.of(System.getProperty("distribution.directory")).resolve("bin/whisper-speedtest");
    private static final Path JARS = Path.of("..", "spark", "target", "spark-jars.txt");
    private static final Duration START = Duration.ofMinutes(2);
    private static final String LOOPBACK = "0100007F";
    private static final String LOOPBACK_IN_IPV6 = "0000000000000000FFFF00000100007F";
    private static final String LOOPBACK_OF_IPV6 = "00000000000000000000000001000000";

    /** State of a listening socket in {@code /proc/net/tcp}; source: include/net/tcp_states.h of Linux. */
    private static final String LISTEN = "0A";

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

    private record Started(Process process, Path out, Path err) {}

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
                .contains("warning: 1 failed; see the column 'error' in " + output)
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

    /** Spark's page, its driver and its block manager. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void listensOnTheLoopbackOnly() throws Exception {
        Started started = start(directory.resolve("out"), "--conf", "spark.ui.enabled=true");
        try {
            List<String> addresses = new ArrayList<>();
            await(started, () -> {
                addresses.clear();
                started.process.descendants().forEach(driver -> addresses.addAll(listening(driver.pid())));
                return addresses.size() >= 3;
            });
            assertThat(addresses).isSubsetOf(LOOPBACK, LOOPBACK_IN_IPV6, LOOPBACK_OF_IPV6);
        } finally {
            end(started.process);
        }
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void signalEndsTheDriverAndItsModels(String signal, int exitCode) throws Exception {
        InheritedSignals.assumeNotIgnored(signal);
        LongRecording.write(recordings.resolve("long.wav"), 60);
        Started started = start(directory.resolve("out"));
        try {
            List<ProcessHandle> all = new ArrayList<>();
            await(started, () -> {
                all.clear();
                started.process.descendants().forEach(all::add);
                return started.process
                        .children()
                        .flatMap(ProcessHandle::children)
                        .anyMatch(SparkIT::isTranscriber);
            });
            new ProcessBuilder("kill", "-" + signal, String.valueOf(started.process.pid()))
                    .start()
                    .waitFor();
            assertThat(started.process.waitFor())
                    .as(Files.readString(started.err))
                    .isEqualTo(exitCode);
            for (ProcessHandle process : all) {
                process.onExit().get(START.toSeconds(), TimeUnit.SECONDS);
            }
            assertThat(started.err).content().contains("interrupted").doesNotContain("error", "Exception", "killed");
        } finally {
            end(started.process);
        }
    }

    /** Tells the process of a model from the short ones that Hadoop starts. */
    private static boolean isTranscriber(ProcessHandle process) {
        return process.info()
                .totalCpuDuration()
                .filter(used -> used.toMillis() > 300)
                .isPresent();
    }

    private static void await(Started started, BooleanSupplier condition) throws IOException, InterruptedException {
        long end = System.nanoTime() + START.toNanos();
        while (!condition.getAsBoolean()) {
            if (!started.process.isAlive() || System.nanoTime() > end) {
                throw new AssertionError("Spark ended, or did not start: " + Files.readString(started.err));
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** Returns the addresses of a process's listening sockets in hexadecimal form. */
    private static List<String> listening(long pid) {
        List<String> addresses = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc", String.valueOf(pid), "fd"))) {
            Set<String> sockets = new HashSet<>();
            for (Path descriptor : descriptors.toList()) {
                sockets.add(String.valueOf(Files.readSymbolicLink(descriptor)));
            }
            for (String table : List.of("tcp", "tcp6")) {
                for (String line : Files.readAllLines(Path.of("/proc/net", table))) {
                    String[] fields = line.strip().split("\\s+");
                    if (fields[3].equals(LISTEN) && sockets.contains("socket:[" + fields[9] + "]")) {
                        addresses.add(fields[1].substring(0, fields[1].indexOf(':')));
                    }
                }
            }
        } catch (IOException e) {
            // The process, or one of its descriptors, has gone meanwhile.
            return List.of();
        }
        return addresses;
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
        Started started = start(output, more);
        try {
            int exitCode = started.process.waitFor();
            return new Run(exitCode, Files.readString(started.out), Files.readString(started.err));
        } finally {
            end(started.process);
        }
    }

    private static void end(Process process) {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroyForcibly();
        descendants.forEach(ProcessHandle::destroyForcibly);
    }

    private Started start(Path output, String... more) throws IOException {
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
        builder.environment().keySet().removeIf(name -> name.startsWith("SPARK_"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("SPARK_HOME", sparkHome.toString());
        builder.environment().put(ToolHome.HOME_VARIABLE, home.toString());
        builder.environment().put("HF_HOME", directory.resolve("huggingface").toString());
        builder.environment().put("LC_ALL", "C.UTF-8");
        return new Started(builder.start(), out, err);
    }
}
