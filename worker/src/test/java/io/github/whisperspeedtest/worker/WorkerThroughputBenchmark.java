package io.github.whisperspeedtest.worker;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures requests per second of a {@link WorkerPool}: one or two workers, with and without batches, in turn.
 *
 * <p>In each round each pool gets as many requests at once as the queue takes, with single sentences of the demo recordings. The threads
 * of a worker are the given ones divided by the number of workers, so all pools may use the same processors.
 *
 * <p>Arguments: the number of rounds, the requests in a round, the threads, a directory for models and recordings, and the models as
 * {@code implementation/model}.
 */
final class WorkerThroughputBenchmark {
    private static final TranscribeOptions OPTIONS =
            TranscribeOptions.builder().language(Language.of("en")).vad(false).build();

    private WorkerThroughputBenchmark() {}

    /** Runs it. */
    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[0]);
        int requests = Integer.parseInt(arguments[1]);
        int threads = Integer.parseInt(arguments[2]);
        Path directory = Files.createDirectories(Path.of(arguments[3]));
        WhisperSpeedtest library = WhisperSpeedtest.builder()
                .settings(Settings.ofProcess())
                .home(ToolHome.at(directory))
                .build();
        List<Path> recordings = recordings(directory);
        System.out.printf("%-20s %7s %5s %12s %s%n", "", "workers", "batch", "requests/s", "times faster (median)");
        for (String model : Arrays.asList(arguments).subList(4, arguments.length)) {
            measure(library, model, rounds, requests, threads, recordings);
        }
    }

    private static void measure(
            WhisperSpeedtest library, String model, int rounds, int requests, int threads, List<Path> recordings)
            throws Exception {
        String[] parts = model.split("/", 2);
        ServedModel served = new ServedModel(parts[0], parts[1]);
        Map<List<Integer>, WorkerPool> pools = new LinkedHashMap<>();
        for (int workers : new int[] {1, 2}) {
            for (int batch : new int[] {1, 8}) {
                pools.put(
                        List.of(workers, batch),
                        WorkerPool.start(
                                library,
                                new WorkerSettings(
                                        served,
                                        List.of(),
                                        LoadOptions.defaults().withThreads(Math.max(1, threads / workers)),
                                        workers,
                                        batch,
                                        requests,
                                        0,
                                        Duration.ofHours(2),
                                        Duration.ofHours(1),
                                        0)));
            }
        }
        Map<List<Integer>, List<Double>> rates = new LinkedHashMap<>();
        try {
            // The first two rounds load the workers and warm them up.
            for (int round = -2; round < rounds; round++) {
                for (Map.Entry<List<Integer>, WorkerPool> pool : pools.entrySet()) {
                    double rate = rate(pool.getValue(), served, requests, recordings);
                    if (round >= 0) {
                        rates.computeIfAbsent(pool.getKey(), key -> new ArrayList<>())
                                .add(rate);
                    }
                }
            }
        } finally {
            pools.values().forEach(WorkerPool::close);
        }
        List<Double> yardstick = rates.get(List.of(1, 1));
        rates.forEach((pool, all) -> {
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < all.size(); i++) {
                ratios.add(all.get(i) / yardstick.get(i));
            }
            System.out.printf(
                    "%-20s %7d %5d %12.2f %.2f%n", model, pool.get(0), pool.get(1), median(all), median(ratios));
        });
    }

    private static double rate(WorkerPool pool, ServedModel model, int requests, List<Path> recordings)
            throws Exception {
        long start = System.nanoTime();
        List<RecordedJob> jobs = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            RecordedJob job = new RecordedJob();
            pool.submit(model, recordings.get(i % recordings.size()), OPTIONS, job);
            jobs.add(job);
        }
        for (RecordedJob job : jobs) {
            job.transcription();
        }
        return requests / ((System.nanoTime() - start) / 1e9);
    }

    private static List<Path> recordings(Path directory) throws Exception {
        List<Path> files = new ArrayList<>();
        for (SpeechSample sample : MicroSamples.all()) {
            if (sample.name().startsWith("en_single")) {
                Path file = directory.resolve(sample.name());
                try (InputStream in = sample.open()) {
                    Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
                }
                files.add(file);
            }
        }
        return files;
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
