package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Compares backends on noise, with random weights at the real dimensions, in turn in one JVM. With such weights no text ends early, so each
 * window has the maximum number of tokens.
 *
 * <p>Arguments: the number of rounds, the threads, the seconds of noise (30 for one window), the directory for the models, and the
 * candidates as {@code implementation/model[/compute-type]}; the others are compared with the first one.
 */
final class BackendSpeedBenchmark {
    /** Threads of the previous candidate may keep spinning on the processors that the next one needs. */
    private static final int REST_MILLIS = 300;

    private BackendSpeedBenchmark() {}

    /** Runs it. */
    public static void main(String[] arguments) throws InterruptedException {
        int rounds = Integer.parseInt(arguments[0]);
        int threads = Integer.parseInt(arguments[1]);
        WhisperSpeedtest whisper = WhisperSpeedtest.builder()
                .settings(Settings.ofProcess())
                .home(ToolHome.at(Path.of(arguments[3])))
                .build();
        Map<String, Transcriber> candidates = new LinkedHashMap<>();
        for (String candidate : Arrays.asList(arguments).subList(4, arguments.length)) {
            String[] parts = candidate.split("/");
            LoadOptions options = LoadOptions.defaults().withThreads(threads);
            candidates.put(
                    candidate,
                    whisper.open(parts[0], parts[1], parts.length > 2 ? options.withComputeType(parts[2]) : options));
        }
        Audio noise = noise(Integer.parseInt(arguments[2]));
        TranscribeOptions options = TranscribeOptions.builder()
                .language(Language.of("en"))
                .temperatures(List.of(0.0))
                .vad(false)
                .build();
        Map<String, List<Transcription>> results = new LinkedHashMap<>();
        for (int round = -1; round < rounds; round++) {
            for (Map.Entry<String, Transcriber> candidate : candidates.entrySet()) {
                Thread.sleep(REST_MILLIS);
                Transcription result = candidate.getValue().transcribe(noise, options);
                if (round >= 0) {
                    results.computeIfAbsent(candidate.getKey(), key -> new ArrayList<>())
                            .add(result);
                }
            }
        }
        report(results, candidates.keySet().iterator().next());
        candidates.values().forEach(Transcriber::close);
    }

    private static void report(Map<String, List<Transcription>> results, String yardstick) {
        System.out.printf(
                "%-36s %9s %9s %9s %7s %9s %s%n",
                "", "total ms", "encode", "decode", "tokens", "ms/token", "times faster (median of the rounds)");
        results.forEach((candidate, runs) -> {
            long tokens = runs.get(0).segments().stream()
                    .mapToLong(segment -> segment.tokens().size())
                    .sum();
            double decode = median(runs.stream()
                    .map(run -> run.timings().decode())
                    .mapToDouble(BackendSpeedBenchmark::millis)
                    .toArray());
            double encode = median(runs.stream()
                    .map(run -> run.timings().encode())
                    .mapToDouble(BackendSpeedBenchmark::millis)
                    .toArray());
            double total = median(runs.stream()
                    .map(run -> run.timings().total())
                    .mapToDouble(BackendSpeedBenchmark::millis)
                    .toArray());
            double[] ratios = new double[runs.size()];
            for (int i = 0; i < ratios.length; i++) {
                Duration reference = results.get(yardstick).get(i).timings().total();
                ratios[i] = millis(reference) / millis(runs.get(i).timings().total());
            }
            System.out.printf(
                    "%-36s %9.1f %9.1f %9.1f %7d %9.3f %.2f%n",
                    candidate, total, encode, decode, tokens, decode / tokens, median(ratios));
        });
    }

    private static Audio noise(int seconds) {
        Random random = new Random(3);
        float[] samples = new float[seconds * Audio.SAMPLE_RATE];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) (random.nextGaussian() * 0.1);
        }
        return Audio.of("noise", samples);
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
