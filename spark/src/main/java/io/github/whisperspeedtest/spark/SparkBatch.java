package io.github.whisperspeedtest.spark;

import io.github.whisperspeedtest.error.UnknownNameException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Transcribes the recordings of files, directories and globs into a directory, and only those that the directory does not have yet.
 *
 * <p>Short recordings are transcribed first. The result of one is in the output as soon as its task has ended. Long ones follow in groups of
 * about a day of audio, or more on a large cluster, and are in the output when all pieces of their group are transcribed. A run that is killed
 * loses what was not in the output, and the next one continues. Two runs must not write the same output at the same time.
 *
 * <p>Types of Spark are not part of its methods, so that a program can have this class without Spark until it calls it.
 */
public final class SparkBatch {
    private static final Pattern LOCAL = Pattern.compile("local\\[(\\*|\\d+)(?:,.*)?]");
    private static final Pattern LOCAL_CLUSTER = Pattern.compile("local-cluster\\[\\d+,\\s*(\\d+),.*]");

    /** Rows of recordings that failed, where the other output is a file for each recording. */
    private static final String FAILED = "_failed";

    private static final String COMMITTER = "mapreduce.fileoutputcommitter.algorithm.version";
    private static final double SECONDS_PER_HOUR = 3600;

    private final Request request;
    private final SparkSession spark;
    private final Configuration hadoop;
    private final Broadcast<SerializableConfiguration> hadoopOfTasks;

    private SparkBatch(Request request, SparkSession spark) {
        this.request = request;
        this.spark = spark;
        hadoop = spark.sparkContext().hadoopConfiguration();
        hadoopOfTasks = WhisperSpark.hadoop(spark);
    }

    /**
     * What to transcribe.
     *
     * @param inputs files, directories and globs of any file system that Spark knows; of a directory, the files with the extensions of
     *     recordings
     * @param output the directory of the results, on any file system that Spark can write
     * @param format form of the results
     * @param options the model, and how the executors transcribe
     */
    public record Request(List<String> inputs, String output, BatchFormat format, SparkOptions options) {
        /** Checks that there are inputs. */
        public Request {
            inputs = List.copyOf(inputs);
            Objects.requireNonNull(output, "output");
            Objects.requireNonNull(format, "format");
            Objects.requireNonNull(options, "options");
            if (inputs.isEmpty()) {
                throw new IllegalArgumentException("inputs must not be empty");
            }
        }

        /** Returns the directory of the rows with errors: the output itself for a table. */
        public String failures() {
            return format.isTable() ? output : output + "/" + FAILED;
        }
    }

    /**
     * The state of a run. Long recordings count once for each of their pieces, and what Spark repeats counts again.
     *
     * @param ended recordings and pieces that have ended
     * @param failed those of them that failed
     * @param recordings recordings to transcribe
     * @param audioSeconds audio that was transcribed
     * @param expectedSeconds audio to transcribe, by estimate
     */
    public record State(long ended, long failed, long recordings, double audioSeconds, double expectedSeconds) {}

    /**
     * The result of a run, counted in the output but for the audio.
     *
     * @param recordings recordings of the inputs
     * @param present recordings whose results were there before, failed ones included
     * @param transcribed recordings that this run transcribed, without those that failed
     * @param failed recordings of the inputs that could not be transcribed, in this run or before
     * @param audioSeconds audio that this run transcribed; what Spark repeated counts again
     * @param took time of the run
     */
    public record Summary(
            long recordings, long present, long transcribed, long failed, double audioSeconds, Duration took) {}

    /**
     * Runs on the cluster that the settings of the application name, or in this JVM if they name none.
     *
     * <p>Settings are the system properties that begin with {@code spark.}, as {@code spark-submit} sets them. Where they do not say
     * otherwise, a task gets all processors of its executor, an executor at which tasks fail gets no more of them, and the metrics of
     * {@link WhisperPlugin} are on.
     *
     * @param listener receives the state about once a second
     * @throws io.github.whisperspeedtest.error.WhisperSpeedtestException if an input matches nothing, an option is not supported, or the output
     *     has results of another model
     */
    public static Summary run(Request request, Consumer<State> listener) {
        WhisperSpark.check(request.options());
        boolean isOwn = SparkSession.getDefaultSession().isEmpty();
        SparkSession spark = SparkSession.builder()
                .config(settings(new SparkConf(), request.options().workers()))
                .getOrCreate();
        try {
            return new SparkBatch(request, spark).run(listener);
        } finally {
            if (isOwn) {
                spark.stop();
            }
        }
    }

    /**
     * Returns settings with defaults for batch transcription.
     *
     * @param workers the transcribers of an executor, between whose tasks its processors are divided
     */
    static SparkConf settings(SparkConf conf, int workers) {
        conf.setIfMissing("spark.master", "local[*]");
        conf.setIfMissing("spark.app.name", "whisper-speedtest");
        conf.setIfMissing("spark.plugins", WhisperPlugin.class.getName());
        // Otherwise an executor without room or without the model fails one task after the other before another one
        // gets them.
        conf.setIfMissing("spark.excludeOnFailure.enabled", "true");
        // A task does not wait for the executor that has its piece of a recording: to fetch it takes less than a
        // second.
        conf.setIfMissing("spark.locality.wait", "0");
        // The files of a task are part of the output when the task ends, not when the job does.
        conf.setIfMissing("spark.hadoop." + COMMITTER, "2");
        executorCores(conf)
                .ifPresent(cores -> conf.setIfMissing("spark.task.cpus", String.valueOf(Math.max(1, cores / workers))));
        return conf;
    }

    private static Optional<Integer> executorCores(SparkConf conf) {
        String master = conf.get("spark.master");
        Matcher local = LOCAL.matcher(master);
        if (local.matches()) {
            return Optional.of(
                    local.group(1).equals("*")
                            ? Runtime.getRuntime().availableProcessors()
                            : Integer.parseInt(local.group(1)));
        }
        Matcher cluster = LOCAL_CLUSTER.matcher(master);
        if (cluster.matches()) {
            return Optional.of(Integer.parseInt(cluster.group(1)));
        }
        return conf.contains("spark.executor.cores")
                ? Optional.of(conf.getInt("spark.executor.cores", 1))
                : Optional.empty();
    }

    private Summary run(Consumer<State> listener) {
        long start = System.nanoTime();
        InputFiles inputs = InputFiles.find(request.inputs(), hadoop);
        Dataset<Row> wanted =
                spark.createDataset(inputs.paths(), Encoders.STRING()).toDF(WhisperSpark.PATH);
        Optional<TranscriptFiles> files =
                request.format().files().map(format -> new TranscriptFiles(request.output(), inputs.base(), format));
        Optional<Dataset<Row>> before = results();
        before.ifPresent(this::checkModel);
        List<String> missing = missing(wanted, before, files);
        long failedBefore = before.isPresent() ? failed(wanted) : 0;
        Progress progress = new Progress(spark.sparkContext());
        if (!missing.isEmpty()) {
            transcribe(missing, files, progress, listener);
        }
        long failed = failed(wanted);
        int left = missing(wanted, results(), files).size();
        if (left > 0) {
            throw new IllegalStateException(left + " recordings have no result, which is a fault of this program.");
        }
        return new Summary(
                inputs.paths().size(),
                inputs.paths().size() - missing.size(),
                missing.size() - (failed - failedBefore),
                failed,
                progress.audioSeconds(),
                Duration.ofNanos(System.nanoTime() - start));
    }

    /** Returns how many of the recordings have an error as their result. */
    private long failed(Dataset<Row> wanted) {
        return results()
                .map(rows -> rows.filter(functions.col("error").isNotNull())
                        .join(wanted, wanted.col(WhisperSpark.PATH).equalTo(rows.col(WhisperSpark.PATH)), "left_semi")
                        .count())
                .orElse(0L);
    }

    /** Returns the rows of the output, empty if there is none. */
    private Optional<Dataset<Row>> results() {
        String directory = request.failures();
        try {
            Path path = new Path(directory);
            if (!path.getFileSystem(hadoop).exists(path)) {
                return Optional.empty();
            }
        } catch (IOException e) {
            throw new UnknownNameException("Cannot access the output '" + directory + "': " + e.getMessage(), e);
        }
        return Optional.of(
                request.format() == BatchFormat.PARQUET
                        ? spark.read().schema(WhisperSpark.schema()).parquet(directory)
                        : spark.read().schema(WhisperSpark.schema()).json(directory));
    }

    private void checkModel(Dataset<Row> rows) {
        SparkOptions options = request.options();
        List<Row> others = rows.filter(functions
                        .col("implementation")
                        .notEqual(options.implementation())
                        .or(functions.col("model.name").notEqual(options.model())))
                .select("implementation", "model.name")
                .limit(1)
                .collectAsList();
        if (!others.isEmpty()) {
            throw new UnknownNameException("The output '" + request.output() + "' has transcripts of "
                    + others.get(0).getString(0) + " " + others.get(0).getString(1) + ", not of "
                    + options.implementation() + " " + options.model() + ". Choose another output, or that model.");
        }
    }

    /** Returns the recordings without a result. */
    private List<String> missing(Dataset<Row> wanted, Optional<Dataset<Row>> results, Optional<TranscriptFiles> files) {
        Dataset<Row> missing = results.map(rows -> wanted.join(
                        rows, wanted.col(WhisperSpark.PATH).equalTo(rows.col(WhisperSpark.PATH)), "left_anti"))
                .orElse(wanted);
        JavaRDD<String> paths = missing.toJavaRDD().map(row -> row.getString(0));
        if (files.isPresent()) {
            TranscriptFiles there = files.get();
            // A function with the field would take this whole object to the executors.
            Broadcast<SerializableConfiguration> settings = hadoopOfTasks;
            paths = paths.filter(path -> !there.exists(path, settings.value().value()));
        }
        return paths.collect();
    }

    private void transcribe(
            List<String> paths, Optional<TranscriptFiles> files, Progress progress, Consumer<State> listener) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "batch-progress");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<JavaRDD<Transcript>> parts = WhisperSpark.ofPaths(spark, paths, request.options(), progress);
            timer.scheduleAtFixedRate(
                    () -> listener.accept(new State(
                            progress.ended(),
                            progress.failed(),
                            paths.size(),
                            progress.audioSeconds(),
                            progress.expectedSeconds())),
                    1,
                    1,
                    TimeUnit.SECONDS);
            // One after the other: Hadoop's committer deletes the temporary files of all jobs that write the same
            // directory.
            for (int i = 0; i < parts.size(); i++) {
                context.setJobGroup(
                        "whisper-speedtest",
                        String.format(
                                Locale.ROOT,
                                "Transcribe %d recordings, %.1f hours: part %d of %d",
                                paths.size(),
                                progress.expectedSeconds() / SECONDS_PER_HOUR,
                                i + 1,
                                parts.size()),
                        true);
                write(parts.get(i), files);
            }
        } finally {
            timer.shutdownNow();
            context.clearJobGroup();
        }
    }

    private void write(JavaRDD<Transcript> transcripts, Optional<TranscriptFiles> files) {
        if (files.isPresent()) {
            TranscriptFiles written = files.get();
            // A function with the field would take this whole object to the executors.
            Broadcast<SerializableConfiguration> settings = hadoopOfTasks;
            JavaRDD<Transcript> failed = transcripts.filter(
                    transcript -> isLeft(transcript, written, settings.value().value()));
            writer(failed).json(request.failures());
        } else if (request.format() == BatchFormat.PARQUET) {
            writer(transcripts).parquet(request.output());
        } else {
            writer(transcripts).json(request.output());
        }
    }

    private DataFrameWriter<Row> writer(JavaRDD<Transcript> transcripts) {
        return spark.createDataFrame(transcripts.map(Transcript::toRow), WhisperSpark.schema())
                .write()
                .mode(SaveMode.Append)
                .option("ignoreNullFields", false)
                .option(COMMITTER, spark.sparkContext().conf().get("spark.hadoop." + COMMITTER, "2"));
    }

    /** Writes the file of a transcript; returns whether it has none because it failed. */
    private static boolean isLeft(Transcript transcript, TranscriptFiles files, Configuration hadoop)
            throws IOException {
        if (transcript.error != null) {
            return true;
        }
        files.write(transcript, TaskContext.get().taskAttemptId(), hadoop);
        return false;
    }
}
