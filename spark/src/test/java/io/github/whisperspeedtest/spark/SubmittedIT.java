package io.github.whisperspeedtest.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Programs that {@code spark-submit} runs in a JVM of their own. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class SubmittedIT {
    /** So many recordings that some are left when both executors have their models and the first rows are written. */
    private static final int MANY = 120;

    private static final Path DIRECTORY = ClusterJars.BUILD.resolve("submitted").toAbsolutePath();

    @TempDir
    private Path directory;

    @Test
    void runsOnALocalCluster() throws Exception {
        Path sample = SparkRecordings.sample(directory, "de_single_01.flac");
        Path inputs = copies(sample, 40);
        Path log = directory.resolve("driver.log");

        Process driver = SparkCluster.submit(
                ClusterJars.prepare(),
                "local-cluster[2,1,1024]",
                2,
                Files.createDirectories(DIRECTORY),
                log,
                arguments(inputs));
        try {
            assertThat(driver.waitFor(3, TimeUnit.MINUTES)).isTrue();
            assertThat(driver.exitValue()).as(Files.readString(log)).isZero();
        } finally {
            driver.destroyForcibly();
        }

        assertThat(Files.readString(log)).doesNotContain("\tat ");
        assertComplete(sample, 40);
    }

    @Test
    void completesTheOutputOfADriverThatWasKilled() throws Exception {
        Path sample = SparkRecordings.sample(directory, "en_long_01.ogg");
        Path inputs = copies(sample, MANY);
        try (SparkCluster cluster = SparkCluster.start(ClusterJars.BUILD.resolve("cluster-of-submitted"), 2)) {
            Process driver = cluster.submit(directory.resolve("first.log"), arguments(inputs));
            // Two executors and their models.
            SparkCluster.await(
                    () -> rows() > 0 && processes(cluster).size() == 4 || !driver.isAlive(),
                    "the first rows, and four processes");
            List<ProcessHandle> executors = processes(cluster);
            driver.destroyForcibly();
            assertThat(driver.waitFor()).isEqualTo(128 + 9);
            SparkCluster.await(() -> executors.stream().noneMatch(ProcessHandle::isAlive), "the end of " + executors);
            assertThat(rows()).isBetween(1, MANY - 1);

            Path log = directory.resolve("second.log");
            Process second = cluster.submit(log, arguments(inputs));
            assertThat(second.waitFor(5, TimeUnit.MINUTES)).isTrue();
            assertThat(second.exitValue()).as(Files.readString(log)).isZero();
        }
        assertComplete(sample, MANY);
    }

    private static List<ProcessHandle> processes(SparkCluster cluster) {
        return cluster.workers().stream()
                .flatMap(worker -> worker.process().descendants())
                .toList();
    }

    private List<String> arguments(Path inputs) {
        return List.of(
                directory.resolve("home").toString(),
                directory.resolve("output").toString(),
                inputs.toString());
    }

    private Path copies(Path sample, int count) throws IOException {
        Path inputs = Files.createDirectories(directory.resolve("inputs"));
        for (int i = 0; i < count; i++) {
            Files.copy(sample, inputs.resolve(i + "-" + sample.getFileName()));
        }
        return inputs;
    }

    private void assertComplete(Path sample, int count) throws IOException {
        String text = SparkRecordings.transcribe(directory.resolve("home"), sample, TranscribeOptions.defaults())
                .text();
        List<JsonNode> rows = new ArrayList<>();
        for (String line : lines()) {
            rows.add(new ObjectMapper().readTree(line));
        }
        assertThat(rows)
                .extracting(
                        row -> Path.of(row.get("path").asText()).getFileName().toString())
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, count)
                        .mapToObj(i -> i + "-" + sample.getFileName())
                        .toList());
        assertThat(rows).allMatch(row -> row.get("text").asText().equals(text));
    }

    private int rows() {
        return lines().size();
    }

    /** Returns the lines of the output; of a run that was killed, those that a reader of the output sees. */
    private List<String> lines() {
        Path output = directory.resolve("output");
        if (!Files.isDirectory(output)) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(output)) {
            for (Path file : files.filter(file -> file.toString().endsWith(".json"))
                    .filter(file -> file.getFileName().toString().startsWith("part-"))
                    .toList()) {
                lines.addAll(Files.readAllLines(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }
}
