package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.evaluation.ErrorRate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The results of a benchmark that is complete or still running.
 *
 * @param environment the machine and software
 * @param settings the settings for all implementations
 * @param startedAt when it began
 * @param results one result per candidate, in the order of the plan
 * @param machine the state of the machine before and during the benchmark, null in reports of early versions
 */
public record BenchmarkReport(
        BenchmarkEnvironment environment,
        BenchmarkSettings settings,
        Instant startedAt,
        List<BenchmarkResult> results,
        @Nullable MachineLog machine) {
    /** Copies the results. */
    public BenchmarkReport {
        Objects.requireNonNull(environment, "environment");
        Objects.requireNonNull(settings, "settings");
        Objects.requireNonNull(startedAt, "startedAt");
        results = List.copyOf(results);
    }

    /** Creates a report without the state of the machine. */
    public BenchmarkReport(
            BenchmarkEnvironment environment,
            BenchmarkSettings settings,
            Instant startedAt,
            List<BenchmarkResult> results) {
        this(environment, settings, startedAt, results, null);
    }

    /** Returns a report with one more result. */
    public BenchmarkReport with(BenchmarkResult result) {
        List<BenchmarkResult> more = new ArrayList<>(results);
        more.add(result);
        return with(more, machine);
    }

    /** Returns a report with other results. */
    BenchmarkReport with(List<BenchmarkResult> values, @Nullable MachineLog log) {
        return new BenchmarkReport(environment, settings, startedAt, values, log);
    }

    /**
     * Returns a name for a result that is as short as the report allows: the implementation, or the name of the candidate if the
     * implementation has several or there are several models.
     */
    public String label(BenchmarkResult result) {
        boolean sweep =
                results.stream().map(BenchmarkResult::implementation).distinct().count() < results.size()
                        || results.stream()
                                        .map(other -> other.candidate().model())
                                        .distinct()
                                        .count()
                                > 1;
        return sweep ? result.candidate().name() : result.implementation();
    }

    /** Returns the result of a candidate, empty if there is none of that name. */
    public Optional<BenchmarkResult> result(String candidate) {
        return results.stream()
                .filter(result -> result.candidate().name().equals(candidate))
                .findFirst();
    }

    /** Returns the candidates that ran, those with the shortest median first. */
    public List<BenchmarkResult.Measured> ranking() {
        return results.stream()
                .filter(BenchmarkResult.Measured.class::isInstance)
                .map(BenchmarkResult.Measured.class::cast)
                .sorted(Comparator.comparing(result -> result.statistics().median()))
                .toList();
    }

    /** Returns the results of the candidates that did not run, in the order of the plan. */
    public List<BenchmarkResult> failures() {
        return results.stream()
                .filter(result -> !(result instanceof BenchmarkResult.Measured))
                .toList();
    }

    /** Returns the median time of a run divided by the length of all recordings together. Below 1 is faster than real time. */
    public double realTimeFactor(BenchmarkResult.Measured result) {
        return seconds(result.statistics().median()) / seconds(settings.audioDuration());
    }

    /** Returns the length of all recordings together divided by the median time of a run, the inverse of {@link #realTimeFactor}. */
    public double speed(BenchmarkResult.Measured result) {
        return seconds(settings.audioDuration()) / seconds(result.statistics().median());
    }

    /**
     * Returns the word errors by language, in the order of the codes; empty if no recording has a reference. The language is the one
     * that the data set gives, otherwise the one in which the recording was transcribed.
     */
    public List<LanguageErrors> errorsByLanguage(BenchmarkResult.Measured result) {
        Map<String, LanguageErrors> byLanguage = new TreeMap<>();
        for (int i = 0; i < result.audios().size(); i++) {
            AudioResult heard = result.audios().get(i);
            ErrorRate errors = heard.errorRate();
            if (errors != null) {
                String given = settings.audios().get(i).language();
                String language = given == null ? heard.language() : given;
                LanguageErrors sum = byLanguage.get(language);
                byLanguage.put(language, sum == null ? new LanguageErrors(language, 1, errors) : sum.plus(errors));
            }
        }
        return List.copyOf(byLanguage.values());
    }

    /** Returns the warnings about the results. */
    public List<BenchmarkWarning> warnings() {
        return BenchmarkWarning.of(this);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
