package io.github.whisperspeedtest.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;

/**
 * Measures how transcription scales with the executors of a standalone cluster on this machine, each with one processor, and simulates larger
 * clusters from the times.
 *
 * <p>Arguments: rounds, minutes of audio, model of {@code faster}, a directory for models and logs, and the largest number of executors. The
 * clusters of a round run one after the other.
 */
final class ScalingBenchmark {
    private static final int EMPTY_TASKS = 5_000;
    private static final double HOURS = 10_000;
    private static final double TASK_SECONDS = 900;
    private static final double SLOW_SHARE = 0.02;
    private static final double SLOW_FACTOR = 3;

    private final Path directory;
    private final String model;
    private final List<String> recordings;
    private final double audioSeconds;

    private ScalingBenchmark(Path directory, String model, List<String> recordings, double audioSeconds) {
        this.directory = directory;
        this.model = model;
        this.recordings = recordings;
        this.audioSeconds = audioSeconds;
    }

    /**
     * Times of one cluster.
     *
     * @param job seconds of the job
     * @param tasks seconds of its tasks
     * @param load seconds until all executors had loaded the model
     * @param empty seconds for each task that does nothing
     */
    private record Times(double job, List<Double> tasks, double load, double empty) {}

    /** Runs the benchmark. */
    public static void main(String[] args) throws Exception {
        int rounds = Integer.parseInt(args[0]);
        double seconds = Double.parseDouble(args[1]) * 60;
        Path directory = Files.createDirectories(Path.of(args[3])).toAbsolutePath();
        int most = Integer.parseInt(args[4]);
        List<String> recordings = new ArrayList<>();
        double audio = write(directory.resolve("scaling-recordings"), seconds, recordings);
        ScalingBenchmark benchmark = new ScalingBenchmark(directory, args[2], recordings, audio);
        List<List<Times>> all = IntStream.rangeClosed(1, most)
                .<List<Times>>mapToObj(executors -> new ArrayList<>())
                .toList();
        for (int round = 0; round < rounds; round++) {
            for (int executors = 1; executors <= most; executors++) {
                Times times = benchmark.measure(executors);
                all.get(executors - 1).add(times);
                System.err.printf(
                        Locale.ROOT,
                        "%d executors: %.1f s, load %.1f s, %.2f ms for each empty task%n",
                        executors,
                        times.job(),
                        times.load(),
                        1e3 * times.empty());
            }
        }
        benchmark.print(all);
    }

    /** Writes recordings of half a minute to three minutes, and returns how long they are together. */
    private static double write(Path directory, double seconds, List<String> recordings) throws IOException {
        Path sentence = SparkRecordings.sample(directory, "en_single_01.flac");
        Random random = new Random(1);
        double written = 0;
        for (int i = 0; written < seconds; i++) {
            double length = 30 + 150 * random.nextDouble();
            Path file = directory.resolve(i + ".wav");
            Files.deleteIfExists(file);
            SparkRecordings.joined(file, List.of(sentence), length, 0.5);
            recordings.add(file.toString());
            written += length;
        }
        return written;
    }

    private Times measure(int executors) throws Exception {
        try (SparkCluster cluster = SparkCluster.start(directory.resolve("scaling-cluster"), executors)) {
            SparkSession spark =
                    LocalSpark.start(cluster.settings(Map.of("spark.cores.max", String.valueOf(executors))));
            try {
                return measure(spark, executors);
            } finally {
                LocalSpark.stop(spark);
            }
        }
    }

    private Times measure(SparkSession spark, int executors) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        SparkOptions options = SparkOptions.builder("faster", model)
                .home(directory.resolve("home").toString())
                .build();
        String sentence =
                directory.resolve("scaling-recordings/en_single_01.flac").toString();
        long start = System.nanoTime();
        // Each executor gets a task, because none ends before the model is loaded.
        WhisperSpark.ofPaths(
                        spark,
                        Collections.nCopies(8 * executors, sentence),
                        options,
                        new Progress(spark.sparkContext()))
                .get(0)
                .count();
        double load = seconds(start);
        start = System.nanoTime();
        context.parallelize(Collections.nCopies(EMPTY_TASKS, 0), EMPTY_TASKS).count();
        double empty = seconds(start) / EMPTY_TASKS;
        ConcurrentLinkedQueue<Double> tasks = new ConcurrentLinkedQueue<>();
        spark.sparkContext().addSparkListener(new SparkListener() {
            @Override
            public void onTaskEnd(SparkListenerTaskEnd event) {
                tasks.add(event.taskInfo().duration() / 1e3);
            }
        });
        var transcripts = WhisperSpark.ofPaths(spark, recordings, options, new Progress(spark.sparkContext()))
                .get(0);
        start = System.nanoTime();
        int before = tasks.size();
        transcripts.count();
        double job = seconds(start);
        return new Times(job, List.copyOf(tasks).subList(Math.min(before, tasks.size()), tasks.size()), load, empty);
    }

    private void print(List<List<Times>> all) {
        System.out.printf(Locale.ROOT, "%.1f minutes of audio, %s%n%n", audioSeconds / 60, model);
        System.out.println(
                "| executors | job | times real time | speed-up | longest task / mean | model loaded after |");
        System.out.println("|---|---|---|---|---|---|");
        double one = median(all.get(0).stream().mapToDouble(Times::job));
        for (int i = 0; i < all.size(); i++) {
            List<Times> times = all.get(i);
            double job = median(times.stream().mapToDouble(Times::job));
            System.out.printf(
                    Locale.ROOT,
                    "| %d | %.1f s | %.1f | %.2f | %.2f | %.1f s |%n",
                    i + 1,
                    job,
                    audioSeconds / job,
                    one / job,
                    median(times.stream().mapToDouble(run -> max(run.tasks()) / mean(run.tasks()))),
                    median(times.stream().mapToDouble(Times::load)));
        }
        Times last = all.get(0).get(all.get(0).size() - 1);
        double perAudioSecond = one / audioSeconds;
        double[] ratios = all.get(0).stream()
                .flatMapToDouble(run -> run.tasks().stream().mapToDouble(task -> task / mean(run.tasks())))
                .toArray();
        double load = median(all.get(0).stream().mapToDouble(Times::load));
        double empty = median(all.get(all.size() - 1).stream().mapToDouble(Times::empty));
        System.out.printf(
                Locale.ROOT,
                "%nSimulated: %.0f hours in tasks of %.0f minutes, %.3f s for a second of audio, %.1f s to load, %.2f ms of the"
                        + " driver for a task, %d measured tasks%n%n",
                HOURS,
                TASK_SECONDS / 60,
                perAudioSecond,
                load,
                1e3 * empty,
                last.tasks().size() * all.get(0).size());
        ClusterSimulation simulation = new ClusterSimulation(ratios, load, empty);
        double[] tasks = new double[(int) (HOURS * 3600 / TASK_SECONDS)];
        Arrays.fill(tasks, TASK_SECONDS * perAudioSecond);
        System.out.println(
                "| executors | slow executors | speculation | hours | efficiency | loading | idle at the end | driver busy |");
        System.out.println("|---|---|---|---|---|---|---|---|");
        for (int executors : new int[] {1, 10, 100, 1_000}) {
            row(simulation, tasks, executors, 0, false);
        }
        row(simulation, tasks, 1_000, SLOW_SHARE, false);
        row(simulation, tasks, 1_000, SLOW_SHARE, true);
    }

    private static void row(
            ClusterSimulation simulation, double[] tasks, int executors, double slow, boolean speculation) {
        ClusterSimulation.Result result = simulation.run(tasks, executors, slow, SLOW_FACTOR, speculation, 1);
        System.out.printf(
                Locale.ROOT,
                "| %d | %s | %s | %.2f | %.1f %% | %.2f %% | %.2f %% | %.1f %% |%n",
                executors,
                slow == 0 ? "none" : String.format(Locale.ROOT, "%.0f %%, %.0f times slower", 100 * slow, SLOW_FACTOR),
                speculation ? "on" : "off",
                result.seconds() / 3600,
                100 * result.efficiency(),
                100 * result.loading(),
                100 * result.tail(),
                100 * result.driver());
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(value -> value).average().orElseThrow();
    }

    private static double max(List<Double> values) {
        return values.stream().mapToDouble(value -> value).max().orElseThrow();
    }

    private static double median(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
