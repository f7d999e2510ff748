package io.github.whisperspeedtest.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transcription of datasets in local mode, with the demo model. */
@Tag("end-to-end")
class WhisperSparkTest {
    @TempDir
    private static Path directory;

    private static SparkSession spark;
    private static SparkOptions options;

    @BeforeAll
    static void start() {
        spark = SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", false)
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.driver.host", "127.0.0.1")
                .config(
                        "spark.sql.warehouse.dir",
                        directory.resolve("warehouse").toString())
                .config("spark.local.dir", directory.resolve("local").toString())
                .getOrCreate();
        options = SparkOptions.builder("faster", "micro")
                .home(directory.resolve("home").toString())
                .build();
    }

    @AfterAll
    static void stop() {
        spark.stop();
        ExecutorModel.closeAll();
    }

    @Test
    void transcribesFilesAsTheLibraryDoes() throws Exception {
        List<Path> files = List.of(
                SparkRecordings.sample(directory.resolve("a"), "en_single_01.flac"),
                SparkRecordings.sample(directory.resolve("a"), "de_single_01.flac"),
                SparkRecordings.sample(directory.resolve("a"), "en_long_01.ogg"));
        Path broken = Files.write(directory.resolve("a/broken.wav"), new byte[] {'R', 'I', 'F', 'F', 1, 2, 3});
        List<String> paths = new ArrayList<>(files.stream().map(Path::toString).toList());
        paths.add(broken.toString());
        paths.add(directory.resolve("a/missing.mp3").toString());
        Dataset<Row> recordings = spark.createDataset(paths, Encoders.STRING()).toDF("path");

        List<Row> rows = WhisperSpark.transcribe(recordings, options).collectAsList();

        Map<String, Row> byPath = rows.stream().collect(Collectors.toMap(row -> row.getString(0), row -> row));
        System.err.println(rows);
        assertThat(byPath).hasSize(5);
        for (Path file : files) {
            Row row = byPath.get(file.toString());
            assertThat(row.<String>getAs("text"))
                    .isEqualTo(SparkRecordings.transcribe(directory.resolve("home"), file, TranscribeOptions.defaults())
                            .text())
                    .isNotEmpty();
        }
    }
}
