package io.github.whisperspeedtest.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.error.AudioException;
import io.github.whisperspeedtest.error.UnknownNameException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories and globs in, tables and files out. */
@Tag("end-to-end")
class SparkBatchTest {
    @TempDir
    private static Path directory;

    private static SparkSession spark;
    private static Path recordings;

    @BeforeAll
    static void start() throws IOException {
        spark = LocalSpark.start(SparkBatch.settings(
                LocalSpark.conf(directory)
                        .set("spark.metrics.conf.*.sink.jmx.class", "org.apache.spark.metrics.sink.JmxSink"),
                1));
        recordings = directory.resolve("recordings");
        SparkRecordings.sample(recordings, "en_single_01.flac");
        SparkRecordings.sample(recordings.resolve("sub dir [1]"), "de_single_01.flac");
        Files.copy(
                recordings.resolve("en_single_01.flac"),
                Files.createDirectories(recordings.resolve("times")).resolve("2026-01-05T10:00 100% #1 é.flac"));
        SparkRecordings.sample(recordings.resolve(".Trash"), "de_single_02.flac");
        Files.write(recordings.resolve("broken.flac"), new byte[] {'f', 'L', 'a', 'C', 0});
        Files.writeString(recordings.resolve("notes.txt"), "no recording");
        Files.writeString(recordings.resolve(".hidden.wav"), "no recording");
    }

    @AfterAll
    static void stop() {
        LocalSpark.stop(spark);
    }

    @Test
    void writesATableAndThenOnlyWhatIsMissing() throws Exception {
        Path own = directory.resolve("own");
        SparkRecordings.sample(own, "en_single_01.flac");
        Files.write(own.resolve("broken.flac"), new byte[] {'f', 'L', 'a', 'C', 0});
        String output = directory.resolve("table").toString();
        List<SparkBatch.State> states = new ArrayList<>();

        SparkBatch.Summary first = SparkBatch.run(request(own.toString(), output, BatchFormat.PARQUET), states::add);
        SparkRecordings.sample(own, "de_single_01.flac");
        SparkBatch.Summary second = SparkBatch.run(request(own.toString(), output, BatchFormat.PARQUET), states::add);
        SparkBatch.Summary third = SparkBatch.run(request(own.toString(), output, BatchFormat.PARQUET), states::add);

        assertThat(first.recordings()).isEqualTo(2);
        assertThat(first.transcribed()).isEqualTo(1);
        assertThat(first.failed()).isEqualTo(1);
        assertThat(first.audioSeconds()).isBetween(2.1, 2.3);
        assertThat(second.present()).isEqualTo(2);
        assertThat(second.transcribed()).isEqualTo(1);
        assertThat(third.present()).isEqualTo(3);
        assertThat(third.transcribed()).isZero();
        List<Row> rows = spark.read().parquet(output).orderBy("path").collectAsList();
        assertThat(rows)
                .extracting(row -> row.getString(0).replaceFirst(".*/", ""))
                .containsExactly("broken.flac", "de_single_01.flac", "en_single_01.flac");
        assertThat(rows.get(1).<String>getAs("text")).isEqualTo("Das Wetter ist kalt.");
    }

    @Test
    void writesJsonLines() throws Exception {
        String output = directory.resolve("lines").toString();

        SparkBatch.run(request(recordings + "/*.flac", output, BatchFormat.JSONL), state -> {});

        List<JsonNode> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of(output))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
                for (String line : Files.readAllLines(file)) {
                    lines.add(new ObjectMapper().readTree(line));
                }
            }
        }
        assertThat(lines).hasSize(2);
        assertThat(lines).allSatisfy(line -> assertThat(line.has("error")).isTrue());
        assertThat(lines).anySatisfy(line -> {
            assertThat(line.path("text").asText()).isEqualTo("The weather is cloudy in the garden.");
            assertThat(line.path("segments").path(0).path("end").asDouble()).isBetween(1.5, 2.2);
            assertThat(line.path("error").isNull()).isTrue();
        });
    }

    @Test
    void writesSubtitlesBesideEachOther() throws Exception {
        Path output = directory.resolve("subtitles");

        SparkBatch.Summary first =
                SparkBatch.run(request(recordings.toString(), output.toString(), BatchFormat.SRT), state -> {});
        Files.delete(output.resolve("sub dir [1]/de_single_01.flac.srt"));
        SparkBatch.Summary second =
                SparkBatch.run(request(recordings.toString(), output.toString(), BatchFormat.SRT), state -> {});

        assertThat(first.recordings()).isEqualTo(4);
        assertThat(first.failed()).isEqualTo(1);
        assertThat(second.present()).isEqualTo(3);
        assertThat(second.transcribed()).isEqualTo(1);
        assertThat(second.failed()).isEqualTo(1);
        assertThat(output.resolve("en_single_01.flac.srt")).content().contains("-->", "The weather is cloudy");
        assertThat(output.resolve("sub dir [1]/de_single_01.flac.srt"))
                .content()
                .contains("Das Wetter");
        try (Stream<Path> files = Files.walk(output)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> !name.startsWith("part-")))
                    .noneMatch(name -> name.endsWith(".tmp") || name.endsWith(".srt.crc"));
        }
    }

    @Test
    void addsCountsToTheMetricsOfSpark() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName recordingsDone =
                new ObjectName("metrics:name=*plugin." + WhisperPlugin.class.getName() + ".recordings,*");

        SparkBatch.run(
                request(recordings + "/en*", directory.resolve("metrics").toString(), BatchFormat.PARQUET),
                state -> {});

        Set<ObjectName> found = server.queryNames(recordingsDone, null);
        assertThat(found).hasSize(1);
        assertThat((Long) server.getAttribute(found.iterator().next(), "Value")).isPositive();
    }

    /** Hadoop takes a name with a colon for a URI where it is given apart from its directory. */
    @Test
    void namesFilesAfterRecordingsWithTimesInTheirNames() throws Exception {
        Path output = directory.resolve("timed");

        SparkBatch.run(
                request(recordings.resolve("times").toString(), output.toString(), BatchFormat.TXT), state -> {});

        assertThat(output.resolve("2026-01-05T10:00 100% #1 é.flac.txt"))
                .content()
                .contains("The weather");
    }

    @Test
    void refusesOutputsOfAnotherModel() {
        String output = directory.resolve("other").toString();
        SparkBatch.run(request(recordings + "/en*", output, BatchFormat.PARQUET), state -> {});

        assertThatThrownBy(() -> SparkBatch.run(
                        new SparkBatch.Request(
                                List.of(recordings + "/en*"),
                                output,
                                BatchFormat.PARQUET,
                                SparkOptions.of("faster", "random-tiny")),
                        state -> {}))
                .isInstanceOf(UnknownNameException.class)
                .hasMessageContaining("faster micro")
                .hasMessageContaining("random-tiny");
    }

    @Test
    void namesInputsThatMatchNothing() {
        for (String input : List.of(recordings + "/nothing", recordings + "/*.mp3", "nowhere://x/y", "::")) {
            assertThatThrownBy(() -> SparkBatch.run(
                            request(input, directory.resolve("none").toString(), BatchFormat.PARQUET), state -> {}))
                    .isInstanceOf(AudioException.class)
                    .hasMessageContaining(input);
        }
    }

    @Test
    void saysThatGlobsDoNotTakeColons() {
        assertThatThrownBy(() -> SparkBatch.run(
                        request(
                                recordings + "/times/*",
                                directory.resolve("none").toString(),
                                BatchFormat.PARQUET),
                        state -> {}))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("colon")
                .hasMessageContaining("Name the directory");
    }

    @Test
    void aTaskHasAllProcessorsOfItsExecutor() {
        assertThat(taskCpus("local[8]", 1)).isEqualTo("8");
        assertThat(taskCpus("local[8]", 4)).isEqualTo("2");
        assertThat(taskCpus("local[2, 4]", 8)).isEqualTo("1");
        assertThat(taskCpus("local-cluster[2, 3, 1024]", 1)).isEqualTo("3");
        SparkConf cluster = new SparkConf(false).setMaster("spark://x:7077").set("spark.executor.cores", "6");
        assertThat(SparkBatch.settings(cluster, 1).get("spark.task.cpus")).isEqualTo("6");
        SparkConf given = new SparkConf(false).setMaster("local[8]").set("spark.task.cpus", "3");
        assertThat(SparkBatch.settings(given, 1).get("spark.task.cpus")).isEqualTo("3");
    }

    private static String taskCpus(String master, int workers) {
        return SparkBatch.settings(new SparkConf(false).setMaster(master), workers)
                .get("spark.task.cpus");
    }

    private static SparkBatch.Request request(String input, String output, BatchFormat format) {
        return new SparkBatch.Request(
                List.of(input),
                output,
                format,
                SparkOptions.builder("faster", "micro")
                        .home(directory.resolve("home").toString())
                        .build());
    }
}
