package io.github.whisperspeedtest.spark;

import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcription;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Compares a long recording that two workers transcribe in pieces with one pass of the library over it.
 *
 * <p>Arguments: hours, minutes of a piece, and a directory for models, logs and the recording. The recording has eight sentences of the demo
 * model in every half minute.
 */
final class LongRecordingBenchmark {
    private static final double SAME_SECONDS = 0.5;

    private LongRecordingBenchmark() {}

    /** Runs the benchmark. */
    public static void main(String[] args) throws Exception {
        double hours = Double.parseDouble(args[0]);
        Path directory = Files.createDirectories(Path.of(args[2])).toAbsolutePath();
        Path file = directory.resolve("long.wav");
        Files.deleteIfExists(file);
        SparkRecordings.blocks(
                file,
                List.of(
                        SparkRecordings.sample(directory, "en_single_01.flac"),
                        SparkRecordings.sample(directory, "en_single_02.flac"),
                        SparkRecordings.sample(directory, "en_single_03.flac")),
                (int) (hours * 120));
        SparkOptions options = SparkOptions.builder("faster", "micro")
                .home(directory.resolve("home").toString())
                .pieceLength(Duration.ofMinutes(Integer.parseInt(args[1])))
                .transcribe(TranscribeOptions.builder()
                        .conditionOnPreviousText(false)
                        .build())
                .build();
        long start = System.nanoTime();
        Transcription whole = SparkRecordings.transcribe(directory.resolve("home"), file, options.transcribe());
        double alone = (System.nanoTime() - start) / 1e9;
        try (SparkCluster cluster = SparkCluster.start(directory.resolve("long-cluster"), 2)) {
            SparkSession spark = LocalSpark.start(cluster.settings(Map.of()));
            start = System.nanoTime();
            Row row = WhisperSpark.ofPaths(spark, List.of(file.toString()), options, new Progress(spark.sparkContext()))
                    .get(0)
                    .map(Transcript::toRow)
                    .first();
            double joined = (System.nanoTime() - start) / 1e9;
            LocalSpark.stop(spark);
            compare(whole, row, alone, joined);
        }
    }

    private static void compare(Transcription whole, Row row, double alone, double joined) {
        Object[] segments = (Object[]) row.get(3);
        int same = 0;
        int next = 0;
        double largest = 0;
        for (Segment segment : whole.segments()) {
            double at = segment.start().toMillis() / 1e3;
            while (next < segments.length && ((Row) segments[next]).getDouble(0) < at - SAME_SECONDS) {
                next++;
            }
            if (next < segments.length && Math.abs(((Row) segments[next]).getDouble(0) - at) <= SAME_SECONDS) {
                largest = Math.max(largest, Math.abs(((Row) segments[next]).getDouble(0) - at));
                same += ((Row) segments[next]).getString(2).equals(segment.text()) ? 1 : 0;
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%.1f hours, %d pieces, error: %s%none pass: %d segments in %.0f s; joined: %d segments in %.0f s%n"
                        + "segments with the same text within %.1f s: %d; largest difference of their starts: %.2f s%n",
                whole.duration().toSeconds() / 3600.0,
                row.getInt(9),
                row.get(11),
                whole.segments().size(),
                alone,
                segments.length,
                joined,
                SAME_SECONDS,
                same,
                largest);
    }
}
