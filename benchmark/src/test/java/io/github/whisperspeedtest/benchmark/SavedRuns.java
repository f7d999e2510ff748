package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.provenance.ModelProvenance;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Reports of benchmarks at different times, with the results that a test needs. */
final class SavedRuns {
    static final Machine MACHINE = Machine.of(Reports.ENVIRONMENT);

    /** Noise of rounds around their median, in percent. */
    private static final double[] NOISE = {0, 0.4, -0.3, 0.2, 0.1, -0.1, 0.3, -0.4, -0.2, 0};

    private SavedRuns() {}

    /** Returns ten times in seconds around a median. */
    static List<Duration> times(double seconds) {
        return Arrays.stream(NOISE)
                .mapToObj(noise -> Duration.ofNanos(Math.round(seconds * (1 + noise / 100) * 1e9)))
                .toList();
    }

    /** Returns a candidate with the default options. */
    static Candidate candidate(String implementation, String model) {
        return Candidate.of(implementation, model, LoadOptions.defaults(), TranscribeOptions.defaults());
    }

    /** Returns a result whose times are around the given number of seconds, with errors in 1000 words. */
    static Measured result(String implementation, String model, double seconds, @Nullable Integer errors) {
        return result(candidate(implementation, model), times(seconds), errors, 100L << 20, null);
    }

    static Measured result(
            Candidate candidate,
            List<Duration> times,
            @Nullable Integer errors,
            @Nullable Long memory,
            @Nullable ModelProvenance model) {
        return new Measured(
                candidate,
                "1",
                Reports.CPU,
                new RunTimes(Duration.ofMillis(100), times.get(0), times, List.of()),
                List.of(new AudioResult(
                        "a.wav",
                        "text",
                        "en",
                        null,
                        errors == null ? null : new ErrorRate(ErrorRate.Unit.WORD, errors, 0, 0, 1000),
                        null)),
                null,
                memory,
                model,
                Map.of());
    }

    /** Returns a report of day 1 to 30 of a month with a recording of 20 s. */
    static BenchmarkReport report(int day, BenchmarkResult... results) {
        return report(day, Reports.ENVIRONMENT, "a.wav", results);
    }

    static BenchmarkReport report(
            int day, BenchmarkEnvironment environment, String recording, BenchmarkResult... results) {
        return new BenchmarkReport(
                environment,
                BenchmarkSettings.of(
                        Arrays.stream(results).map(BenchmarkResult::candidate).toList(),
                        List.of(new BenchmarkAudio(recording, Duration.ofSeconds(20), "text")),
                        Rounds.of(10, 1),
                        TranscribeOptions.defaults(),
                        LoadOptions.defaults()),
                Instant.parse(String.format("2026-11-%02dT10:15:30Z", day)),
                List.of(results));
    }

    static BenchmarkEnvironment environment(String chip, int cores) {
        BenchmarkEnvironment own = Reports.ENVIRONMENT;
        return new BenchmarkEnvironment(
                own.toolVersion(), own.toolCommit(), own.jvm(), own.os(), chip, cores, own.memoryBytes());
    }

    /** Returns the first times of a result only. */
    static Measured first(int count, Measured result) {
        return result(
                result.candidate(),
                IntStream.range(0, count).mapToObj(i -> result.runs().get(i)).toList(),
                null,
                result.peakMemoryBytes(),
                result.model());
    }
}
