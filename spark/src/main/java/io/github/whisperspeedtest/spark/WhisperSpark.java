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
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.Partitioner;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.ShuffledRDD;
import org.apache.spark.serializer.KryoSerializer;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

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

    /** Twice the WAV file of the longest piece, for the buffer grows by doubling. */
    private static final String LARGEST_PIECE = "256m";

    /** So many files are measured by a task, each with one request to its file system. */
    private static final int MEASURED_PER_TASK = 200;

    private static final Logger LOG = LoggerFactory.getLogger(WhisperSpark.class);

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
            transcripts = ofPaths(spark, paths, options, progress).stream()
                    .reduce(JavaRDD::union)
                    .orElseGet(() -> JavaSparkContext.fromSparkContext(spark.sparkContext())
                            .emptyRDD());
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
        UDF1<String, Row> function = path -> RecordingTask.transcribe(
                        Recording.of(0, path), hadoop.value().value(), options, progress)
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
                .mapPartitions(partition -> RecordingTask.inTask(
                        partition, row -> Source.of(row.getString(0), row.<byte[]>getAs(1)), options, progress))
                .map(RecordingTask.Result::transcript);
    }

    /**
     * Transcribes recordings of file systems; a null among the paths gives a row with an error.
     *
     * @return the results, in parts that are best computed one after the other
     */
    static List<JavaRDD<Transcript>> ofPaths(
            SparkSession spark, List<? extends @Nullable String> paths, SparkOptions options, Progress progress) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        Broadcast<SerializableConfiguration> hadoop = hadoop(spark);
        List<Recording> recordings = measure(context, paths, hadoop);
        progress.expect(
                recordings.stream().mapToDouble(recording -> recording.seconds).sum());
        int slots = slots(context);
        Plan plan = Plan.of(
                recordings,
                slots,
                canCut(options) ? options.pieceLength() : Duration.ofDays(365),
                options.taskLength());
        List<JavaRDD<Transcript>> parts = new ArrayList<>();
        if (!plan.bundles().isEmpty()) {
            parts.add(context.parallelize(plan.bundles(), plan.bundles().size())
                    .mapPartitions(bundles -> RecordingTask.inTask(
                            bundles.next().iterator(),
                            recording -> Source.of(recording, hadoop.value().value()),
                            options,
                            progress))
                    .map(RecordingTask.Result::transcript));
        }
        plan.waves().forEach(wave -> parts.add(inPieces(context, wave, slots, hadoop, options, progress)));
        return parts;
    }

    private static JavaRDD<Transcript> inPieces(
            JavaSparkContext context,
            Plan.Wave wave,
            int slots,
            Broadcast<SerializableConfiguration> hadoop,
            SparkOptions options,
            Progress progress) {
        JavaPairRDD<Plan.PieceKey, Piece> cut = context.parallelize(
                        wave.recordings(), wave.recordings().size())
                .flatMap(recording ->
                        CutTask.cut(recording, options, hadoop.value().value()))
                .mapToPair(piece -> new Tuple2<>(new Plan.PieceKey(piece.recording.id, piece.index), piece));
        return shuffled(context, cut, wave.pieces())
                .map(Tuple2::_2)
                .mapPartitions(pieces -> RecordingTask.inTask(pieces, Source::of, options, progress))
                .mapToPair(result -> new Tuple2<>(
                        result.item().recording.id, new PieceJoiner.Part(result.item(), result.transcript())))
                .groupByKey(Math.min(wave.recordings().size(), slots))
                .values()
                .map(PieceJoiner::join);
    }

    /**
     * Brings pieces to their tasks.
     *
     * <p>With Java's serializer Spark would keep at least 32 pieces of 19 MB as objects before it writes any to disk. With Kryo's it keeps
     * bytes, and counts them.
     */
    private static JavaRDD<Tuple2<Plan.PieceKey, Piece>> shuffled(
            JavaSparkContext context, JavaPairRDD<Plan.PieceKey, Piece> pieces, Partitioner partitioner) {
        ClassTag<Plan.PieceKey> keys = ClassTag$.MODULE$.apply(Plan.PieceKey.class);
        ClassTag<Piece> values = ClassTag$.MODULE$.apply(Piece.class);
        SparkConf conf = context.getConf()
                .set("spark.kryoserializer.buffer.max", LARGEST_PIECE)
                .set("spark.kryo.registrationRequired", "false");
        return new ShuffledRDD<Plan.PieceKey, Piece, Piece>(pieces.rdd(), partitioner, keys, values, values)
                .setSerializer(new KryoSerializer(conf))
                .toJavaRDD();
    }

    /** Returns how many tasks run at once, also where some executors have not been started yet. */
    private static int slots(JavaSparkContext context) {
        SparkConf conf = context.getConf();
        int cores = conf.getInt("spark.executor.cores", 1);
        int most = Math.max(
                conf.getInt("spark.cores.max", 0),
                cores
                        * Math.max(
                                conf.getInt("spark.executor.instances", 0),
                                conf.getInt("spark.dynamicAllocation.maxExecutors", 0)));
        return Math.max(1, Math.max(context.defaultParallelism(), most) / conf.getInt("spark.task.cpus", 1));
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
            unmeasured.add(Recording.of(i, paths.get(i)));
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
            return recording.measured(seconds(files, path, size));
        } catch (IOException | IllegalArgumentException e) {
            // The task that transcribes it tries again and reports what is wrong.
            return recording;
        }
    }

    private static double seconds(FileSystem files, Path path, long size) {
        try (InputStream in = files.open(path)) {
            Optional<Duration> estimate = DurationEstimate.of(in.readNBytes(HEAD), size);
            if (estimate.isPresent()) {
                return estimate.get().toMillis() / 1e3;
            }
        } catch (IOException e) {
            LOG.debug("Cannot read the start of {}", path, e);
        }
        return size / ASSUMED_BYTES_PER_SECOND;
    }

    static Broadcast<SerializableConfiguration> hadoop(SparkSession spark) {
        return JavaSparkContext.fromSparkContext(spark.sparkContext())
                .broadcast(new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()));
    }
}
