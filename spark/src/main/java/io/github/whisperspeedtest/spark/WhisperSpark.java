package io.github.whisperspeedtest.spark;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.audio.DurationEstimate;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.Transcribers;
import io.github.whisperspeedtest.transcription.TranscribeOption;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * Transcribes the recordings of a dataset on the executors of a Spark application.
 *
 * <p>Each executor loads the model once, in a child JVM, and its tasks share it. A recording that cannot be read, or at which the engine
 * crashes, gives a row with an error; a machine that cannot work (a missing model, a full disk) fails its tasks, which Spark repeats on other
 * executors.
 */
public final class WhisperSpark {
    /** The column with the URI of a recording, as Hadoop's file systems know it. */
    public static final String PATH = "path";

    /** The column with the content of a recording. */
    public static final String CONTENT = "content";

    /** The name of the function for SQL. */
    public static final String FUNCTION = "whisper_transcribe";

    /** What a format of unknown bit rate is taken for. Rather too low: a recording that turns out to be short is only decoded once more. */
    private static final double ASSUMED_BYTES_PER_SECOND = 4_000;

    private static final int HEAD = 1 << 16;

    /** So many files are measured by a task, each with one request to its file system. */
    private static final int MEASURED_PER_TASK = 200;

    private WhisperSpark() {}

    /** Returns the columns of {@link #transcribe}: the path, and those that the function {@link #FUNCTION} returns as a struct. */
    public static StructType schema() {
        StructType schema =
                new StructType(new StructField[] {new StructField(PATH, DataTypes.StringType, true, Metadata.empty())});
        for (StructField field : Transcript.RESULT.fields()) {
            schema = schema.add(field);
        }
        return schema;
    }

    /**
     * Returns the transcripts of recordings, one row for each row of the input, in another order.
     *
     * <p>With a column {@code path} (a string), a first job measures the recordings, right away. Short ones are then bundled, and long ones
     * cut at quiet moments into pieces, so that all tasks are about as long. With a column {@code content} (binary), rows are transcribed where
     * they are, in the partitions that the dataset has, and the path is optional: without it, {@code sha256:} and the hash of the content
     * take its place. Other columns are left out; join the result with them by the path.
     *
     * <p>The result is computed anew by every action, so write it, or cache it.
     *
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if the implementation is unknown or does not support an option
     * @throws IllegalArgumentException if the dataset has neither of the columns
     */
    public static Dataset<Row> transcribe(Dataset<Row> recordings, SparkOptions options) {
        SparkSession spark = recordings.sparkSession();
        check(options);
        Progress progress = new Progress(spark.sparkContext());
        JavaRDD<Transcript> transcripts;
        if (has(recordings, CONTENT, DataTypes.BinaryType)) {
            transcripts = ofContents(recordings, options, progress);
        } else if (has(recordings, PATH, DataTypes.StringType)) {
            List<@Nullable String> paths = recordings.select(PATH).collectAsList().stream()
                    .map(row -> row.getString(0))
                    .collect(ArrayList::new, ArrayList::add, ArrayList::addAll);
            transcripts = ofPaths(spark, paths, options, progress);
        } else {
            throw new IllegalArgumentException("Expected a column '" + PATH + "' of strings or '" + CONTENT
                    + "' of binary values, found " + recordings.schema().simpleString()
                    + ". Rename the column with withColumnRenamed.");
        }
        return spark.createDataFrame(transcripts.map(Transcript::toRow), schema());
    }

    /**
     * Registers the function {@link #FUNCTION} for SQL: it takes a path and returns a struct with the columns of {@link #transcribe} after the
     * path.
     *
     * <p>It transcribes one recording after the other and cuts none, so {@link #transcribe} is faster. It works on streams too.
     *
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if the implementation is unknown or does not support an option
     */
    public static void register(SparkSession spark, SparkOptions options) {
        check(options);
        Progress progress = new Progress(spark.sparkContext());
        Broadcast<SerializableConfiguration> hadoop = hadoop(spark);
        UDF1<String, Row> function = path -> new RecordingTask<@Nullable String>(
                        Collections.<@Nullable String>singleton(path).iterator(),
                        item -> Source.of(item, hadoop.value().value()),
                        options,
                        progress)
                .next()
                .transcript()
                .toResult();
        // Otherwise Spark evaluates it once for each field that a query takes from the result.
        spark.udf()
                .register(FUNCTION, functions.udf(function, Transcript.RESULT).asNondeterministic());
    }

    /** Checks on the driver what can be checked without the model. */
    static void check(SparkOptions options) {
        WhisperSpeedtest library = ExecutorModel.library(options);
        Implementation implementation = library.registry().require(options.implementation());
        Transcribers.check(implementation, options.load(1));
        Transcribers.check(implementation, options.transcribe());
    }

    private static boolean has(Dataset<Row> recordings, String column, DataType type) {
        return List.of(recordings.columns()).contains(column)
                && recordings.schema().apply(column).dataType().equals(type);
    }

    private static JavaRDD<Transcript> ofContents(Dataset<Row> recordings, SparkOptions options, Progress progress) {
        Dataset<Row> rows = has(recordings, PATH, DataTypes.StringType)
                ? recordings.select(PATH, CONTENT)
                : recordings.select(
                        functions.concat(functions.lit("sha256:"), functions.sha2(functions.col(CONTENT), 256)),
                        functions.col(CONTENT));
        return rows.toJavaRDD()
                .mapPartitions(partition -> transcripts(new RecordingTask<>(
                        partition, row -> Source.of(row.getString(0), row.<byte[]>getAs(1)), options, progress)));
    }

    /** Transcribes recordings of file systems; a null among the paths gives a row with an error. */
    static JavaRDD<Transcript> ofPaths(
            SparkSession spark, List<? extends @Nullable String> paths, SparkOptions options, Progress progress) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        Broadcast<SerializableConfiguration> hadoop = hadoop(spark);
        List<Recording> recordings = measure(context, paths, hadoop);
        progress.expect(
                recordings.stream().mapToDouble(recording -> recording.seconds).sum());
        int slots = Math.max(1, context.defaultParallelism() / context.getConf().getInt("spark.task.cpus", 1));
        Plan plan = Plan.of(
                recordings,
                slots,
                canCut(options) ? options.pieceLength() : Duration.ofDays(365),
                options.taskLength());
        JavaRDD<Transcript> whole = plan.bundles().isEmpty()
                ? context.emptyRDD()
                : context.parallelize(plan.bundles(), plan.bundles().size())
                        .mapPartitions(bundles -> transcripts(new RecordingTask<>(
                                bundles.next().iterator(),
                                recording ->
                                        Source.of(recording.path, hadoop.value().value()),
                                options,
                                progress)));
        if (plan.cut().isEmpty()) {
            return whole;
        }
        JavaRDD<Transcript> joined = context.parallelize(plan.cut(), plan.cut().size())
                .flatMap(recording ->
                        CutTask.cut(recording, options, hadoop.value().value()))
                .mapToPair(piece -> new Tuple2<>(new Plan.PieceKey(piece.recording.id, piece.index), piece))
                .partitionBy(plan.pieces())
                .values()
                .mapPartitions(pieces -> {
                    RecordingTask<Piece> task = new RecordingTask<>(pieces, Source::of, options, progress);
                    return new Mapped<>(
                            task,
                            result -> new Tuple2<>(
                                    result.item().recording.id,
                                    new PieceJoiner.Part(result.item(), result.transcript())));
                })
                .mapToPair(part -> part)
                .groupByKey(Math.min(plan.cut().size(), slots))
                .values()
                .map(PieceJoiner::join);
        return joined.union(whole);
    }

    private static <T> Iterator<Transcript> transcripts(RecordingTask<T> task) {
        return new Mapped<>(task, RecordingTask.Result::transcript);
    }

    /** Returns whether the options mean the same for a piece as for its recording. */
    private static boolean canCut(SparkOptions options) {
        return List.of(TranscribeOption.CLIP_TIMESTAMPS, TranscribeOption.PREFIX).stream()
                .allMatch(option -> option.isBasic(options.transcribe()));
    }

    private static List<Recording> measure(
            JavaSparkContext context,
            List<? extends @Nullable String> paths,
            Broadcast<SerializableConfiguration> hadoop) {
        List<Recording> unmeasured = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            unmeasured.add(new Recording(i, paths.get(i), 0));
        }
        if (unmeasured.isEmpty()) {
            return unmeasured;
        }
        String before = context.getLocalProperty("spark.job.description");
        context.setJobDescription("Measure " + paths.size() + " recordings");
        try {
            int tasks =
                    Math.min(paths.size(), Math.max(context.defaultParallelism(), paths.size() / MEASURED_PER_TASK));
            return context.parallelize(unmeasured, tasks)
                    .map(recording -> measured(recording, hadoop.value().value()))
                    .collect();
        } finally {
            context.setJobDescription(before);
        }
    }

    private static Recording measured(Recording recording, Configuration hadoop) {
        if (recording.path == null) {
            return recording;
        }
        try {
            Path path = new Path(recording.path);
            FileSystem files = path.getFileSystem(hadoop);
            long size = files.getFileStatus(path).getLen();
            byte[] head;
            try (InputStream in = files.open(path)) {
                head = in.readNBytes(HEAD);
            }
            double seconds = DurationEstimate.of(head, size)
                    .map(duration -> duration.toMillis() / 1e3)
                    .orElse(size / ASSUMED_BYTES_PER_SECOND);
            return new Recording(recording.id, recording.path, seconds);
        } catch (IOException | IllegalArgumentException e) {
            // The task that transcribes it tries again and reports what is wrong.
            return recording;
        }
    }

    static Broadcast<SerializableConfiguration> hadoop(SparkSession spark) {
        return JavaSparkContext.fromSparkContext(spark.sparkContext())
                .broadcast(new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()));
    }
}
