package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.model.ResolvedModel;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.BatchTranscriber;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.system.HostSystem;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Timings;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Compares engines on noise, with random weights at the real dimensions, in turn in one run, and prints a Markdown table. With such weights no
 * text ends early, so each window has the maximum number of tokens.
 *
 * <p>Arguments: the number of rounds, the threads, the seconds of noise (30 for one window), the directory for the models, and the
 * candidates as {@code implementation/model[/compute-type][*batch]}; the others are compared with the first one. In a batch, so many recordings are
 * decoded together, and the figures are for one of them. A size alone, such as {@code tiny}, stands
 * for all implementations with random weights of that size, for the {@code whisper-bench} of whisper.cpp where it is on the search path, and for
 * CTranslate2 where the {@code python3} of the search path imports it.
 */
final class BackendSpeedBenchmark {
    /** Threads of the previous candidate may keep spinning on the processors that the next one needs. */
    private static final int REST_MILLIS = 300;

    private static final List<String> ALL = List.of(
            "faster/random-%s",
            "faster/random-%s*8",
            CTranslate2Bench.NAME + "/random-%s",
            CTranslate2Bench.NAME + "/random-%s*8",
            "whispercpp/random-%s:q5_1",
            WhisperBench.PROGRAM + "/random-%s:q5_1",
            "coreml/random-%s",
            "mlx/random-%s:q4",
            "insanely/random-%s",
            "insanely/random-%s*8",
            "insanely/random-%s/int8",
            "mps/random-%s",
            "mps/random-%s/int8");

    private BackendSpeedBenchmark() {}

    /** Runs it. */
    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[0]);
        int threads = Integer.parseInt(arguments[1]);
        Audio noise = noise(Integer.parseInt(arguments[2]));
        WhisperSpeedtest whisper = WhisperSpeedtest.builder()
                .settings(Settings.ofProcess())
                .home(ToolHome.at(Path.of(arguments[3])))
                .build();
        Map<String, SpeedContestant> contestants = new LinkedHashMap<>();
        for (String argument : Arrays.asList(arguments).subList(4, arguments.length)) {
            if (argument.contains("/")) {
                contestants.put(argument, contestant(whisper, argument, threads, noise));
                continue;
            }
            for (String candidate : candidates(argument)) {
                try {
                    contestants.put(candidate, contestant(whisper, candidate, threads, noise));
                } catch (UnsupportedOptionException | EngineUnavailableException e) {
                    System.err.println("Without " + candidate + ": " + e.getMessage());
                }
            }
        }
        Map<String, List<SpeedContestant.Times>> results = new LinkedHashMap<>();
        for (int round = -1; round < rounds; round++) {
            for (Map.Entry<String, SpeedContestant> contestant : contestants.entrySet()) {
                Thread.sleep(REST_MILLIS);
                SpeedContestant.Times times = contestant.getValue().run();
                if (round >= 0) {
                    results.computeIfAbsent(contestant.getKey(), key -> new ArrayList<>())
                            .add(times);
                }
            }
        }
        System.out.printf(
                "%s, %d processors, Java %s; %d threads, %s s of noise, medians of %d rounds%n%n",
                HostSystem.current().processorName(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.version"),
                threads,
                arguments[2],
                rounds);
        report(results, contestants.keySet().iterator().next());
        for (SpeedContestant contestant : contestants.values()) {
            contestant.close();
        }
    }

    /** Returns the candidates of a size, with programs that are installed. */
    private static List<String> candidates(String size) {
        boolean bench = WhisperBench.installed().isPresent();
        return ALL.stream()
                .filter(candidate -> bench || !candidate.startsWith(WhisperBench.PROGRAM))
                .map(candidate -> String.format(Locale.ROOT, candidate, size))
                .toList();
    }

    private static SpeedContestant contestant(WhisperSpeedtest whisper, String candidate, int threads, Audio noise) {
        String[] batched = candidate.split("\\*");
        String[] parts = batched[0].split("/");
        int batch = batched.length > 1 ? Integer.parseInt(batched[1]) : 1;
        if (parts[0].equals(WhisperBench.PROGRAM)) {
            Implementation format = whisper.registry().require("whispercpp");
            ResolvedModel model = whisper.models().resolve(format, parts[1]);
            ModelFiles files = whisper.models().prepare(model);
            return new WhisperBench(WhisperBench.installed().orElseThrow(), files.single(), threads, windows(noise));
        }
        if (parts[0].equals(CTranslate2Bench.NAME)) {
            Implementation format = whisper.registry().require("faster");
            ResolvedModel model = whisper.models().resolve(format, parts[1]);
            Path weights = whisper.models().prepare(model).require("model.bin");
            CTranslate2Bench bench =
                    new CTranslate2Bench(CTranslate2Bench.command(weights.getParent(), threads), windows(noise), batch);
            System.err.println(candidate + " is CTranslate2 " + bench.version());
            return bench;
        }
        LoadOptions options = LoadOptions.defaults().withThreads(threads);
        return new Engine(
                whisper.open(parts[0], parts[1], parts.length > 2 ? options.withComputeType(parts[2]) : options),
                Collections.nCopies(batch, noise));
    }

    private static void report(Map<String, List<SpeedContestant.Times>> results, String yardstick) {
        System.out.println("| | total | encoder | per token | times faster |\n|---|---|---|---|---|");
        results.forEach((candidate, runs) -> System.out.printf(
                Locale.ROOT,
                "| `%s` | %.0f ms | %.0f ms | %.2f ms | %.2f |%n",
                candidate,
                median(runs, SpeedContestant.Times::total),
                median(runs, SpeedContestant.Times::encoder),
                median(runs, SpeedContestant.Times::token),
                median(IntStream.range(0, runs.size())
                        .mapToDouble(i -> results.get(yardstick).get(i).total()
                                / runs.get(i).total())
                        .toArray())));
    }

    private static double median(List<SpeedContestant.Times> runs, ToDoubleFunction<SpeedContestant.Times> part) {
        return median(runs.stream().mapToDouble(part).toArray());
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    private static int windows(Audio audio) {
        return (int) Math.ceil(audio.duration().toMillis() / 30e3);
    }

    private static Audio noise(int seconds) {
        Random random = new Random(3);
        float[] samples = new float[seconds * Audio.SAMPLE_RATE];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) (random.nextGaussian() * 0.1);
        }
        return Audio.of("noise", samples);
    }

    /** An implementation of this project. */
    private record Engine(Transcriber transcriber, List<Audio> recordings) implements SpeedContestant {
        @Override
        public Times run() {
            TranscribeOptions options = TranscribeOptions.builder()
                    .language(Language.of("en"))
                    .temperatures(List.of(0.0))
                    .vad(false)
                    .build();
            long start = System.nanoTime();
            List<Transcription> results = recordings.size() == 1
                    ? List.of(transcriber.transcribe(recordings.get(0), options))
                    : ((BatchTranscriber) transcriber).transcribeAll(recordings, options);
            double total = (System.nanoTime() - start) / 1e6;
            long tokens = results.stream()
                    .flatMap(result -> result.segments().stream())
                    .mapToLong(segment -> segment.tokens().size())
                    .sum();
            return new Times(
                    total / results.size(),
                    millis(results, Timings::encode) / results.size(),
                    millis(results, Timings::decode) / tokens);
        }

        private static double millis(List<Transcription> results, Function<Timings, Duration> part) {
            return results.stream()
                    .mapToDouble(result -> part.apply(result.timings()).toNanos() / 1e6)
                    .sum();
        }

        @Override
        public void close() {
            transcriber.close();
        }
    }
}
