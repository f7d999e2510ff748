package io.github.whisperspeedtest.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.audio.WavRecording;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.program.SearchPath;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Transcription by executors that are processes of their own, on a standalone master with two workers, and what happens when one fails. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ClusterIT {
    private static final Path MP3 =
            Path.of("../audio/src/test/resources/io/github/whisperspeedtest/audio/reference.mp3");
    private static final int RECORDINGS = 60;
    private static final Duration LONG = Duration.ofMinutes(40);
    private static final Duration PIECE = Duration.ofMinutes(5);
    private static final double PAUSE = 1;
    private static final double WINDOW_SECONDS = 30;

    /** Whisper's timestamps are multiples of it. */
    private static final double TIMESTAMP_SECONDS = 0.02;

    @TempDir
    private static Path directory;

    private static SparkCluster cluster;
    private static Path home;
    private static SparkOptions options;
    private static final Map<String, Path> SAMPLES = new LinkedHashMap<>();
    private static final Map<String, String> TEXTS = new HashMap<>();

    @BeforeAll
    static void start() throws Exception {
        home = directory.resolve("home");
        options = SparkOptions.builder("faster", "micro").home(home.toString()).build();
        cluster = SparkCluster.start(ClusterJars.BUILD.resolve("cluster"), 2);
        for (SpeechSample sample : MicroSamples.all()) {
            SAMPLES.put(sample.name(), SparkRecordings.sample(directory.resolve("samples"), sample.name()));
        }
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void transcribesFourFormatsOnBothWorkersAsTheLibraryDoes() throws Exception {
        Map<String, Path> sources = recordings(directory.resolve("formats"));
        List<String> broken = broken(directory.resolve("formats"));
        List<String> paths =
                Stream.concat(sources.keySet().stream(), broken.stream()).toList();
        TaskRecorder tasks = new TaskRecorder();

        String application;
        Map<String, Row> rows;
        List<ProcessHandle> executors;
        try (SparkSession spark = session(Map.of(), tasks)) {
            application = spark.sparkContext().applicationId();
            rows = byPath(transcribe(spark, paths));
            executors = processes();
        }

        assertThat(rows).containsOnlyKeys(paths);
        for (Map.Entry<String, Path> recording : sources.entrySet()) {
            Row row = rows.get(recording.getKey());
            assertThat(row.<String>getAs("error")).as(recording.getKey()).isNull();
            assertThat(row.<String>getAs("text")).as(recording.getKey()).isEqualTo(text(recording.getValue()));
        }
        for (String path : broken) {
            assertThat(rows.get(path).<String>getAs("text")).as(path).isNull();
            assertThat(rows.get(path).<String>getAs("error"))
                    .contains(Path.of(path).getFileName().toString());
        }
        for (SparkCluster.Worker worker : cluster.workers()) {
            assertThat(tasks.successful()).anyMatch(executor -> worker.had(application, executor));
            assertThat(worker.logs(application)).isNotEmpty().doesNotContain("\tat ", "Exception");
        }
        assertThat(tasks.failures()).isEmpty();
        assertThat(executors).as("executors and their models").hasSize(4);
        awaitEnd(executors);
        awaitNoTemporaryFiles();
    }

    @Test
    void losesNothingWhenAnExecutorIsKilled() throws Exception {
        Path sample = SAMPLES.get("en_long_01.ogg");
        List<String> paths = copies(sample, directory.resolve("killed"), 40);
        TaskRecorder tasks = new TaskRecorder();

        Map<String, Row> rows;
        List<ProcessHandle> killed;
        try (SparkSession spark = session(Map.of(), tasks)) {
            String application = spark.sparkContext().applicationId();
            transcribe(spark, copies(SAMPLES.get("en_single_01.flac"), directory.resolve("warm"), 60));
            Dataset<Row> transcripts = dataset(spark, paths);
            SparkCluster.await(() -> tasks.running().isEmpty(), "the end of the measurement");
            CompletableFuture<List<Row>> result = CompletableFuture.supplyAsync(transcripts::collectAsList);
            SparkCluster.Worker worker = cluster.workers().get(0);
            SparkCluster.await(
                    () -> tasks.running().stream().anyMatch(executor -> worker.had(application, executor)),
                    "a task of the executor to kill");
            ProcessHandle executor = worker.executors().get(0);
            killed = Stream.concat(Stream.of(executor), executor.descendants()).toList();
            executor.destroyForcibly();
            rows = byPath(result.get());
        }

        assertThat(tasks.failures()).isNotEmpty().allMatch(TaskRecorder.Ended::isLost);
        assertThat(rows).containsOnlyKeys(paths);
        assertThat(rows.values())
                .allMatch(row -> row.getAs("error") == null && row.getAs("text").equals(text(sample)));
        assertThat(killed).as("the executor and its model").hasSize(2);
        awaitEnd(killed);
        awaitNoTemporaryFiles();
    }

    @Test
    void repeatsTheTasksOfAWorkerWithoutRoom() throws Exception {
        assumeTrue(SearchPath.ofProcess().find("prlimit").isPresent(), "prlimit is not on this machine");
        Path sample = SparkRecordings.joined(
                Files.createTempDirectory(directory, "room").resolve("room.wav"),
                List.of(SAMPLES.get("en_single_01.flac")),
                12,
                0.5);
        TaskRecorder tasks = new TaskRecorder();
        Map<String, Row> rows;
        String application;
        List<String> paths = new ArrayList<>();
        for (String path : copies(sample, sample.getParent(), 60)) {
            paths.add(RemoteFileSystem.uri(Path.of(path)));
        }
        try (SparkSession spark = session(Map.of(), tasks)) {
            application = spark.sparkContext().applicationId();
            // Both executors have got the jars and loaded the model, which need room too.
            transcribe(spark, copies(SAMPLES.get("en_single_01.flac"), directory.resolve("warm"), 60));
            limitFileSize(cluster.workers().get(0).executors().get(0), 100_000);
            rows = byPath(transcribe(spark, paths));
        }

        assertThat(rows).containsOnlyKeys(paths);
        assertThat(rows.values())
                .allMatch(row -> row.getAs("error") == null && row.getAs("text").equals(text(sample)));
        assertThat(tasks.failures()).isNotEmpty().allSatisfy(task -> {
            assertThat(cluster.workers().get(0).had(application, task.executor()))
                    .isTrue();
            assertThat(task.failure()).contains("spark.local.dir", "File too large");
        });
        awaitNoTemporaryFiles();
    }

    @Test
    void joinsThePiecesOfALongRecording() throws Exception {
        List<SpeechSample> english = MicroSamples.all().stream()
                .filter(sample -> sample.language().code().equals("en"))
                .toList();
        Path recording = SparkRecordings.joined(
                directory.resolve("long.wav"),
                english.stream().map(sample -> SAMPLES.get(sample.name())).toList(),
                LONG.toSeconds(),
                PAUSE);
        // Fallback temperatures draw at random, and the text before would carry one difference through the recording.
        TranscribeOptions steady = TranscribeOptions.builder()
                .language(Language.of("en"))
                .temperatures(List.of(0.0))
                .conditionOnPreviousText(false)
                .build();
        SparkOptions cut = SparkOptions.builder("faster", "micro")
                .home(home.toString())
                .pieceLength(PIECE)
                .transcribe(steady)
                .build();
        TaskRecorder tasks = new TaskRecorder();
        String application;
        Row row;
        List<Duration> seams;
        try (SparkSession spark = session(Map.of(), tasks)) {
            application = spark.sparkContext().applicationId();
            row = WhisperSpark.transcribe(
                            spark.createDataset(List.of(recording.toString()), Encoders.STRING())
                                    .toDF(WhisperSpark.PATH),
                            cut)
                    .collectAsList()
                    .get(0);
            seams = seams(recording);
        }
        Transcription once = SparkRecordings.transcribe(home, recording, steady);
        Transcription clips = SparkRecordings.transcribe(
                home, recording, steady.toBuilder().clipTimestamps(seams).build());
        assertThat(row.<String>getAs("error")).isNull();
        assertThat(row.<Integer>getAs("pieces")).isEqualTo(seams.size() / 2);
        assertThat(row.<Double>getAs("duration")).isEqualTo(once.duration().toNanos() / 1e9, within(0.001));
        for (SparkCluster.Worker worker : cluster.workers()) {
            assertThat(tasks.successful()).anyMatch(executor -> worker.had(application, executor));
        }
        // A library that starts anew at the same places hears the same, except where the audio after a seam was
        // visible to the last window before it.
        assertThat(WordErrors.rate(clips.text(), row.getAs("text"))).isLessThan(0.01);
        for (Row segment : row.<Row>getList(row.fieldIndex("segments"))) {
            if (seams.stream().noneMatch(seam -> isInWindowBefore(seam, segment))) {
                assertThat(clips.segments()).as(segment.toString()).anyMatch(same -> isSame(same, segment));
            }
        }
        // Windows at other places are heard differently; that is the model, and neither is right.
        String reference = reference(english);
        assertThat(WordErrors.rate(reference, row.getAs("text")))
                .isLessThan(WordErrors.rate(reference, once.text()) + 0.05);
        awaitNoTemporaryFiles();
    }

    private static boolean isInWindowBefore(Duration seam, Row segment) {
        double left = seam.toNanos() / 1e9 - segment.getDouble(1);
        return left > -1 && left < WINDOW_SECONDS;
    }

    private static boolean isSame(Segment expected, Row segment) {
        return expected.text().equals(segment.getString(2))
                && Math.abs(expected.start().toNanos() / 1e9 - segment.getDouble(0)) < TIMESTAMP_SECONDS
                && Math.abs(expected.end().toNanos() / 1e9 - segment.getDouble(1)) < TIMESTAMP_SECONDS;
    }

    /** Returns what is said in the long recording. */
    private static String reference(List<SpeechSample> sentences) {
        StringBuilder said = new StringBuilder();
        double left = LONG.toSeconds();
        for (int i = 0; ; i++) {
            SpeechSample sample = sentences.get(i % sentences.size());
            left -= (double) SparkRecordings.samples(SAMPLES.get(sample.name())).length / Audio.SAMPLE_RATE + PAUSE;
            if (left < 0) {
                return said.toString();
            }
            said.append(sample.reference()).append(' ');
        }
    }

    /** Returns the start and the end of each piece in turn. */
    private static List<Duration> seams(Path recording) {
        PieceCutter cutter = new PieceCutter(PIECE, () -> directory.resolve("seam-" + System.nanoTime() + ".wav"));
        AudioFiles.decode(recording.toString(), recording, () -> cutter);
        List<Duration> seams = cutter.finish().stream()
                .flatMap(piece -> Stream.of(piece.start(), piece.end()))
                .map(sample -> Duration.ofNanos(sample * 1_000_000_000 / Audio.SAMPLE_RATE))
                .toList();
        cutter.delete();
        return seams;
    }

    /** Writes recordings in four formats; the values are the samples that they have the content of. */
    private static Map<String, Path> recordings(Path to) throws IOException {
        Files.createDirectories(to);
        List<Path> flac = SAMPLES.values().stream()
                .filter(sample -> sample.toString().endsWith(".flac"))
                .toList();
        Path ogg = SAMPLES.get("en_long_01.ogg");
        Map<String, Path> recordings = new LinkedHashMap<>();
        for (int i = 0; i < RECORDINGS; i++) {
            Path sample = flac.get(i / 2 % flac.size());
            Path file;
            if (i % 12 == 11) {
                sample = ogg;
                file = Files.copy(ogg, to.resolve(i + ".ogg"));
            } else if (i % 4 == 3) {
                sample = MP3;
                file = Files.copy(MP3, to.resolve(i + ".mp3"));
            } else if (i % 2 == 0) {
                file = Files.copy(sample, to.resolve(i + ".flac"));
            } else {
                file = to.resolve(i + ".wav");
                float[] samples = SparkRecordings.samples(sample);
                try (WavRecording wav = WavRecording.create(file)) {
                    wav.accept(samples, 0, samples.length);
                }
            }
            recordings.put(file.toString(), sample);
        }
        return recordings;
    }

    private static List<String> broken(Path to) throws IOException {
        byte[] flac = Files.readAllBytes(SAMPLES.get("en_single_01.flac"));
        return List.of(
                Files.write(to.resolve("empty.wav"), new byte[0]).toString(),
                Files.write(to.resolve("head.flac"), Arrays.copyOf(flac, 60)).toString(),
                Files.writeString(to.resolve("text.mp3"), "no recording").toString(),
                Files.createDirectory(to.resolve("directory.ogg")).toString(),
                to.resolve("missing.ogg").toString());
    }

    private static List<String> copies(Path sample, Path to, int count) throws IOException {
        Files.createDirectories(to);
        String name = sample.getFileName().toString();
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Path copy = to.resolve(i + "-" + name);
            if (!Files.exists(copy)) {
                Files.copy(sample, copy);
            }
            paths.add(copy.toString());
        }
        return paths;
    }

    /** Returns what the library hears without Spark. */
    private static String text(Path sample) {
        return TEXTS.computeIfAbsent(
                sample.toString(),
                file -> SparkRecordings.transcribe(home, sample, TranscribeOptions.defaults())
                        .text());
    }

    private static SparkSession session(Map<String, String> settings, TaskRecorder tasks) {
        SparkSession spark =
                SparkSession.builder().config(cluster.settings(settings)).getOrCreate();
        spark.sparkContext().addSparkListener(tasks);
        return spark;
    }

    private static List<Row> transcribe(SparkSession spark, List<String> paths) {
        return dataset(spark, paths).collectAsList();
    }

    private static Dataset<Row> dataset(SparkSession spark, List<String> paths) {
        return WhisperSpark.transcribe(
                spark.createDataset(paths, Encoders.STRING()).toDF(WhisperSpark.PATH), options);
    }

    /** Returns the rows by their paths; fails if a path is there twice. */
    private static Map<String, Row> byPath(List<Row> rows) {
        return rows.stream().collect(Collectors.toMap(row -> row.getAs(WhisperSpark.PATH), row -> row));
    }

    /** Returns the executors of both workers, and the JVMs of their models. */
    private static List<ProcessHandle> processes() {
        return cluster.workers().stream()
                .flatMap(worker -> worker.process().descendants())
                .toList();
    }

    private static void awaitEnd(List<ProcessHandle> processes) throws InterruptedException {
        SparkCluster.await(() -> processes.stream().noneMatch(ProcessHandle::isAlive), "the end of " + processes);
    }

    private static void awaitNoTemporaryFiles() throws InterruptedException {
        SparkCluster.await(
                () -> cluster.workers().stream()
                        .allMatch(worker -> worker.temporaryFiles().isEmpty()),
                "no files in the temporary directories");
    }

    /** Lets all writing beyond so many bytes of a file fail, as on a full disk; whatever user runs the test. */
    private static void limitFileSize(ProcessHandle process, long bytes) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("prlimit", "--pid", "" + process.pid(), "--fsize=" + bytes)
                .inheritIO()
                .start()
                .waitFor();
        assertThat(exit).isZero();
    }
}
