package io.github.whisperspeedtest.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
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
    private static Path home;
    private static Path english;
    private static Path german;
    private static Path ogg;

    @BeforeAll
    static void start() throws IOException {
        spark = LocalSpark.start(
                LocalSpark.conf(directory).set("spark.serializer", "org.apache.spark.serializer.KryoSerializer"));
        home = directory.resolve("home");
        english = SparkRecordings.sample(directory, "en_single_01.flac");
        german = SparkRecordings.sample(directory, "de_single_01.flac");
        ogg = SparkRecordings.sample(directory, "en_long_01.ogg");
    }

    @AfterAll
    static void stop() {
        LocalSpark.stop(spark);
    }

    @Test
    void transcribesFilesAsTheLibraryDoes() throws Exception {
        Path broken = Files.write(directory.resolve("broken.wav"), new byte[] {'R', 'I', 'F', 'F', 1, 2, 3});
        Path empty = Files.createFile(directory.resolve("empty.mp3"));
        Path missing = directory.resolve("missing.mp3");

        Map<String, Row> rows = byPath(WhisperSpark.transcribe(
                paths(english, german, ogg, broken, empty, missing), options().build()));

        assertThat(rows).hasSize(6);
        for (Path file : List.of(english, german, ogg)) {
            Row row = rows.get(file.toString());
            Transcription plain = SparkRecordings.transcribe(home, file, TranscribeOptions.defaults());
            assertThat(row.<String>getAs("text")).isEqualTo(plain.text()).isNotEmpty();
            assertThat(row.<String>getAs("language")).isEqualTo(plain.language());
            assertThat(row.<Double>getAs("duration")).isCloseTo(plain.duration().toMillis() / 1e3, within(0.001));
            assertThat(row.<Double>getAs("seconds")).isPositive();
            assertThat(starts(row))
                    .isEqualTo(plain.segments().stream()
                            .map(segment -> segment.start().toMillis() / 1e3)
                            .toList());
            assertThat(row.<String>getAs("error")).isNull();
            Row model = row.getAs("model");
            assertThat(model.<String>getAs("name")).isEqualTo("micro");
            assertThat(model.<String>getAs("sha256")).hasSize(64);
            assertThat(row.<String>getAs("engine")).startsWith("ONNX Runtime").contains("CPU");
        }
        assertThat(error(rows, broken)).contains("broken.wav");
        assertThat(error(rows, empty)).contains("empty file");
        assertThat(error(rows, missing)).contains("does not exist");
        assertThat(rows.get(missing.toString()).<String>getAs("text")).isNull();
    }

    @Test
    void hasWordsWhereTheyAreAskedFor() {
        SparkOptions options = options()
                .transcribe(
                        TranscribeOptions.builder().timestamps(Timestamps.WORD).build())
                .build();

        Row row = WhisperSpark.transcribe(paths(english), options).first();

        List<Row> segments = row.getList(row.fieldIndex("segments"));
        List<Row> words = segments.get(0).getList(segments.get(0).fieldIndex("words"));
        assertThat(words.stream().map(word -> word.<String>getAs("text")).collect(Collectors.joining()))
                .isEqualTo(" " + row.<String>getAs("text"));
        assertThat(words.get(0).<Double>getAs("probability")).isBetween(0.0, 1.0);
    }

    /** Two equal rows are two recordings, and a null is a recording that cannot be read. */
    @Test
    void givesOneRowForEachRowOfTheInput() {
        Dataset<Row> input = spark.createDataset(
                        Arrays.asList(english.toString(), english.toString(), null, " \n:"), Encoders.STRING())
                .toDF("path");

        List<Row> rows = WhisperSpark.transcribe(input, options().build()).collectAsList();

        assertThat(rows).hasSize(4);
        assertThat(rows.stream().filter(row -> row.<String>getAs("error") == null))
                .hasSize(2);
        assertThat(rows.stream().map(row -> row.<String>getAs("error")))
                .anySatisfy(error -> assertThat(error).contains("path is null"))
                .anySatisfy(error -> assertThat(error).contains("expected the URI of a file"));
    }

    @Test
    void transcribesContentsOfRows() throws Exception {
        StructType schema = new StructType().add("content", DataTypes.BinaryType);
        Dataset<Row> contents = spark.createDataFrame(
                List.of(
                        RowFactory.create((Object) Files.readAllBytes(english)),
                        RowFactory.create((Object) new byte[] {1, 2, 3}),
                        RowFactory.create((Object) null)),
                schema);

        List<Row> rows = WhisperSpark.transcribe(contents, options().build()).collectAsList();

        assertThat(rows).hasSize(3);
        assertThat(rows.get(0).getString(0)).matches("sha256:[0-9a-f]{64}");
        assertThat(rows.get(0).<String>getAs("text")).isEqualTo("The weather is cloudy in the garden.");
        assertThat(rows.get(1).<String>getAs("error"))
                .startsWith("Cannot read 'sha256:")
                .doesNotContain("temp_local");
        assertThat(rows.get(2).<String>getAs("error")).contains("content is null");
        try (Stream<Path> files = Files.walk(directory.resolve("local"))) {
            assertThat(files.filter(file -> file.getFileName().toString().startsWith("temp_local")))
                    .isEmpty();
        }
    }

    /** Spark's own reader gives both columns. */
    @Test
    void transcribesBinaryFiles() {
        Dataset<Row> files = spark.read().format("binaryFile").load(german.toString());

        Row row = WhisperSpark.transcribe(files, options().build()).first();

        assertThat(row.getString(0)).startsWith("file:").endsWith("de_single_01.flac");
        assertThat(row.<String>getAs("text")).isEqualTo("Das Wetter ist kalt.");
    }

    @Test
    void refusesDatasetsWithoutRecordings() {
        Dataset<Row> other = spark.range(3).toDF("id");

        assertThatThrownBy(() -> WhisperSpark.transcribe(other, options().build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("path")
                .hasMessageContaining("content")
                .hasMessageContaining("id:bigint");
    }

    @Test
    void checksOptionsOnTheDriver() {
        assertThatThrownBy(() -> WhisperSpark.transcribe(paths(english), SparkOptions.of("fastre", "micro")))
                .isInstanceOf(UnknownNameException.class)
                .hasMessageContaining("faster");
        assertThatThrownBy(() -> WhisperSpark.transcribe(
                        paths(english), options().device("tpu").build()))
                .isInstanceOf(UnsupportedOptionException.class);
    }

    /** The failure is that of the machine and not of the recordings, so it must not become a row. */
    @Test
    void failsWithoutTheModel() {
        SparkOptions options =
                SparkOptions.builder("faster", "tiny").home(home.toString()).build();

        assertThatThrownBy(
                        () -> WhisperSpark.transcribe(paths(english), options).collectAsList())
                .hasMessageContaining("tiny")
                .hasMessageContaining("whisper-speedtest download");
    }

    @Test
    void functionForSqlTranscribes() {
        WhisperSpark.register(spark, options().build());
        paths(english, directory.resolve("nothing.wav")).createOrReplaceTempView("recordings");

        List<Row> rows = spark.sql("select path, t.text, t.error, t.language from"
                        + " (select path, whisper_transcribe(path) t from recordings) order by path")
                .collectAsList();

        assertThat(rows.get(0).getString(1)).isEqualTo("The weather is cloudy in the garden.");
        assertThat(rows.get(0).getString(3)).isEqualTo("en");
        assertThat(rows.get(1).getString(2)).contains("does not exist");
    }

    /** At the seams nothing is lost or twice. A window begins up to a quarter of a second earlier than in one pass, which may change a word. */
    @Test
    void piecesOfALongRecordingAreJoined() throws Exception {
        Path second = SparkRecordings.sample(directory, "en_single_02.flac");
        Path third = SparkRecordings.sample(directory, "en_single_03.flac");
        Path recording = SparkRecordings.blocks(directory.resolve("long.wav"), List.of(english, second, third), 14);
        SparkOptions options = options()
                .pieceLength(Duration.ofMinutes(2))
                .transcribe(TranscribeOptions.builder()
                        .conditionOnPreviousText(false)
                        .build())
                .build();

        Row row = WhisperSpark.transcribe(paths(recording), options).first();

        Transcription plain = SparkRecordings.transcribe(home, recording, options.transcribe());
        assertThat(row.<Integer>getAs("pieces")).isEqualTo(4);
        assertThat(row.<String>getAs("error")).isNull();
        assertThat(row.<Double>getAs("duration")).isCloseTo(plain.duration().toMillis() / 1e3, within(0.001));
        List<Row> segments = row.getList(row.fieldIndex("segments"));
        double previous = 0;
        for (Row segment : segments) {
            assertThat(segment.<Double>getAs("start")).isGreaterThanOrEqualTo(previous);
            previous = segment.getAs("start");
        }
        List<Segment> expected = plain.segments();
        assertThat(segments).hasSameSizeAs(expected);
        long found = expected.stream()
                .filter(segment -> segments.stream()
                        .anyMatch(other -> other.<String>getAs("text").equals(segment.text())
                                && Math.abs(other.<Double>getAs("start")
                                                - segment.start().toMillis() / 1e3)
                                        < 0.5))
                .count();
        assertThat((double) found / expected.size()).isGreaterThan(0.95);
    }

    /** The first window decides for all pieces, as it does for a recording in one piece. */
    @Test
    void piecesHaveTheLanguageOfTheStart() {
        Path first = SparkRecordings.joined(directory.resolve("german.wav"), List.of(german), 140, 1.2);
        Path second = SparkRecordings.joined(directory.resolve("english.wav"), List.of(english), 140, 1.2);
        Path recording = SparkRecordings.joined(directory.resolve("both.wav"), List.of(first, second), 300, 1.2);
        SparkOptions options = options().pieceLength(Duration.ofMinutes(2)).build();

        List<String> languages = JavaSparkContext.fromSparkContext(spark.sparkContext())
                .parallelize(List.of(Recording.of(0, recording.toString())), 1)
                .flatMap(cut -> CutTask.cut(cut, options, new Configuration()))
                .map(piece -> piece.language)
                .collect();

        assertThat(languages).containsExactly("de", "de", "de");
    }

    /** The start of an MP3 promises more than an hour, and there is nothing behind it. */
    @Test
    void longRecordingsThatCannotBeReadGiveOneRow() throws Exception {
        byte[] bytes = new byte[30_000_000];
        System.arraycopy(new byte[] {0, 0, 0, 32, 'f', 't', 'y', 'p', 'M', '4', 'A', ' '}, 0, bytes, 0, 12);
        Path recording = Files.write(directory.resolve("hours.m4a"), bytes);

        List<Row> rows =
                WhisperSpark.transcribe(paths(recording), options().build()).collectAsList();

        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).<String>getAs("error")).contains("hours.m4a");
        assertThat(rows.get(0).<String>getAs("text")).isNull();
    }

    @Test
    void severalRecordingsAreTranscribedAtOnce() throws Exception {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            files.add(Files.copy(i % 2 == 0 ? english : german, directory.resolve("batch-" + i + ".flac")));
        }
        files.add(Files.write(directory.resolve("batch-broken.flac"), new byte[] {'f', 'L', 'a', 'C'}));

        Map<String, Row> rows = byPath(WhisperSpark.transcribe(
                paths(files.toArray(Path[]::new)), options().batch(4).build()));

        assertThat(rows).hasSize(13);
        for (int i = 0; i < 12; i++) {
            assertThat(rows.get(files.get(i).toString()).<String>getAs("text"))
                    .isEqualTo(i % 2 == 0 ? "The weather is cloudy in the garden." : "Das Wetter ist kalt.");
        }
        assertThat(error(rows, files.get(12))).contains("batch-broken.flac");
    }

    /** The engine's process is killed twice, as by crashes. */
    @Test
    void crashesOfTheEngineCostOneRecording() throws Exception {
        Path lasting = SparkRecordings.joined(directory.resolve("crashing.wav"), List.of(english), 1800, 0.5);

        Map<String, Row> rows = transcribedWhileCrashing(2, lasting, english);

        assertThat(error(rows, lasting)).contains("crashed");
        assertThat(rows.get(english.toString()).<String>getAs("text"))
                .isEqualTo("The weather is cloudy in the garden.");
    }

    @Test
    void aRecordingSurvivesOneCrash() throws Exception {
        Path lasting = SparkRecordings.joined(directory.resolve("surviving.wav"), List.of(english), 1200, 0.5);

        Map<String, Row> rows = transcribedWhileCrashing(1, lasting);

        assertThat(error(rows, lasting)).isNull();
        assertThat(rows.get(lasting.toString()).<Double>getAs("duration")).isBetween(1_190.0, 1_200.0);
    }

    private static Map<String, Row> transcribedWhileCrashing(int crashes, Path... recordings)
            throws InterruptedException {
        ExecutorModel.closeAll();
        SparkOptions options = options()
                .pieceLength(Duration.ofMinutes(30))
                .transcribe(
                        TranscribeOptions.builder().language(Language.of("en")).build())
                .threads(1)
                .timeLimit(Duration.ofMinutes(5))
                .build();
        Thread killer = new Thread(() -> killWorkers(crashes));
        killer.setDaemon(true);
        killer.start();
        Map<String, Row> rows = byPath(WhisperSpark.transcribe(paths(recordings), options));
        killer.join();
        return rows;
    }

    /** Kills the process that transcribes, so many times. */
    private static void killWorkers(int times) {
        long killed = 0;
        for (int i = 0; i < times; i++) {
            killed = ExecutorModelProcesses.killNextBusy(killed);
        }
    }

    @Test
    void accumulatorsCount() {
        Progress progress = new Progress(spark.sparkContext());

        long rows = WhisperSpark.ofPaths(
                        spark,
                        List.of(english.toString(), german.toString(), "/nothing"),
                        options().build(),
                        progress)
                .stream()
                .mapToLong(JavaRDD::count)
                .sum();

        assertThat(rows).isEqualTo(3);
        assertThat(progress.ended()).isEqualTo(3);
        assertThat(progress.failed()).isEqualTo(1);
        assertThat(progress.audioSeconds()).isCloseTo(3.77, within(0.01));
        assertThat(progress.expectedSeconds()).isCloseTo(3.77, within(0.01));
    }

    private static SparkOptions.Builder options() {
        return SparkOptions.builder("faster", "micro").home(home.toString());
    }

    private static Dataset<Row> paths(Path... files) {
        return spark.createDataset(Arrays.stream(files).map(Path::toString).toList(), Encoders.STRING())
                .toDF("path");
    }

    private static Map<String, Row> byPath(Dataset<Row> rows) {
        return rows.collectAsList().stream().collect(Collectors.toMap(row -> row.getString(0), Function.identity()));
    }

    private static String error(Map<String, Row> rows, Path file) {
        return rows.get(file.toString()).getAs("error");
    }

    private static List<Double> starts(Row row) {
        return row.<Row>getList(row.fieldIndex("segments")).stream()
                .map(segment -> segment.<Double>getAs("start"))
                .toList();
    }
}
