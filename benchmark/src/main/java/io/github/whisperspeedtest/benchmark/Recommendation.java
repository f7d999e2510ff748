package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.RandomModel;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which candidate to use on a machine, according to earlier benchmarks.
 *
 * <p>Only results of the same recordings are compared. Of several sets of recordings that one counts with which error rates are known, then that
 * with the most fitting candidates, then the newest. The demo model and models with random weights transcribe nothing, and are left out.
 *
 * @param best the recommended result, null if none fits
 * @param reason why it is recommended, as a sentence; empty without it
 * @param others the other results that fit, the next best first
 * @param misses results that do not fit, the nearest first
 */
public record Recommendation(@Nullable Choice best, String reason, List<Choice> others, List<Miss> misses) {
    /** Copies the lists. */
    public Recommendation {
        Objects.requireNonNull(reason, "reason");
        others = List.copyOf(others);
        misses = List.copyOf(misses);
    }

    /**
     * A result that fits.
     *
     * @param report its report
     * @param result the result
     * @param errorRate word error rate of the recordings that count, null if unknown
     */
    public record Choice(
            BenchmarkReport report,
            Measured result,
            @Nullable Double errorRate) {
        /** Checks for null. */
        public Choice {
            Objects.requireNonNull(report, "report");
            Objects.requireNonNull(result, "result");
        }

        /** Returns the length of the recordings divided by the median time. */
        public double speed() {
            return report.speed(result);
        }

        /** Returns the measured values, such as {@code 40.1× real time, 3.2 % word error rate, 120 MiB}. */
        public String describe() {
            List<String> facts = new ArrayList<>();
            facts.add(Quantities.number(speed()) + "\u00D7 real time");
            if (errorRate != null) {
                facts.add(Quantities.percent(errorRate) + " word error rate");
            }
            if (result.peakMemoryBytes() != null) {
                facts.add(ResultTable.memory(result));
            }
            return String.join(", ", facts);
        }

        private double requiredErrorRate() {
            return Objects.requireNonNull(errorRate, "errorRate");
        }
    }

    /**
     * A result that does not fit.
     *
     * @param candidate name of the candidate
     * @param reason why, such as {@code 12.0 % word error rate, the limit is 10.0 %}
     * @param excess how far the value is beyond its limit as a fraction of that, infinite if the reason is not a number
     */
    public record Miss(String candidate, String reason, double excess) {
        /** Checks for null. */
        public Miss {
            Objects.requireNonNull(candidate, "candidate");
            Objects.requireNonNull(reason, "reason");
        }
    }

    /**
     * Chooses from the results of a machine.
     *
     * @param reports reports of any machines, in any order
     */
    public static Recommendation of(List<BenchmarkReport> reports, Machine machine, RecommendationCriteria criteria) {
        Map<List<List<Object>>, Map<String, BenchmarkReport>> newest = new LinkedHashMap<>();
        reports.stream()
                .filter(report -> Machine.of(report.environment()).equals(machine))
                .sorted(Comparator.comparing(BenchmarkReport::startedAt).reversed())
                .forEach(report -> {
                    Map<String, BenchmarkReport> byName = newest.computeIfAbsent(
                            Recordings.identity(report.settings()), unused -> new LinkedHashMap<>());
                    report.results()
                            .forEach(result ->
                                    byName.putIfAbsent(result.candidate().name(), report));
                });
        List<Miss> misses = new ArrayList<>();
        List<Choice> fitting = List.of();
        for (Map<String, BenchmarkReport> byName : newest.values()) {
            List<Choice> group = fitting(byName, criteria, misses);
            if (isBetter(group, fitting)) {
                fitting = group;
            }
        }
        misses.sort(Comparator.comparingDouble(Miss::excess));
        return fitting.isEmpty() ? new Recommendation(null, "", List.of(), misses) : choose(fitting, criteria, misses);
    }

    private static boolean isBetter(List<Choice> group, List<Choice> than) {
        boolean known = areErrorsKnown(group);
        return known != areErrorsKnown(than) ? known : group.size() > than.size();
    }

    private static boolean areErrorsKnown(List<Choice> choices) {
        return !choices.isEmpty() && choices.stream().allMatch(choice -> choice.errorRate() != null);
    }

    private static List<Choice> fitting(
            Map<String, BenchmarkReport> byName, RecommendationCriteria criteria, List<Miss> misses) {
        List<Choice> fitting = new ArrayList<>();
        byName.forEach((name, report) -> {
            BenchmarkResult result = report.result(name).orElseThrow();
            String model = result.candidate().model();
            if (!isPublished(model)
                    || !criteria.models().isEmpty() && !criteria.models().contains(model)) {
                return;
            }
            Miss miss = miss(report, result, criteria);
            if (miss != null) {
                misses.add(miss);
            } else if (result instanceof Measured measured) {
                fitting.add(new Choice(
                        report, measured, errorRate(report, measured, criteria).orElse(null)));
            }
        });
        return fitting;
    }

    /** Returns whether a model transcribes speech: the demo model and models with random weights do not. */
    public static boolean isPublished(String model) {
        return !RandomModel.isName(model)
                && !model.equals(EmbeddedModel.NAME)
                && !model.startsWith(EmbeddedModel.NAME + "-");
    }

    private static @Nullable Miss miss(
            BenchmarkReport report, BenchmarkResult result, RecommendationCriteria criteria) {
        String name = result.candidate().name();
        if (!(result instanceof Measured measured)) {
            return new Miss(name, ResultTable.status(result), Double.POSITIVE_INFINITY);
        }
        String unranked = Standings.unranked(report, measured).orElse(null);
        if (unranked != null) {
            return new Miss(name, unranked, Double.POSITIVE_INFINITY);
        }
        String language = criteria.language();
        if (language != null && !hasLanguage(report, measured, language)) {
            return new Miss(name, "not measured with the language '" + language + "'", Double.POSITIVE_INFINITY);
        }
        Double maxErrors = criteria.maxErrorRate();
        if (maxErrors != null) {
            Optional<Double> errors = errorRate(report, measured, criteria);
            if (errors.isEmpty()) {
                return new Miss(name, "unknown word error rate: no reference text", Double.POSITIVE_INFINITY);
            }
            if (errors.get() > maxErrors) {
                return new Miss(
                        name,
                        Quantities.percent(errors.get()) + " word error rate, the limit is "
                                + Quantities.percent(maxErrors),
                        errors.get() / maxErrors - 1);
            }
        }
        Long maxMemory = criteria.maxMemoryBytes();
        Long memory = measured.peakMemoryBytes();
        if (maxMemory != null && memory == null) {
            return new Miss(name, "unknown memory", Double.POSITIVE_INFINITY);
        }
        return maxMemory != null && memory > maxMemory
                ? new Miss(
                        name,
                        Quantities.bytes(memory) + " of memory, the limit is " + Quantities.bytes(maxMemory),
                        (double) memory / maxMemory - 1)
                : null;
    }

    private static boolean hasLanguage(BenchmarkReport report, Measured result, String language) {
        for (int i = 0; i < result.audios().size(); i++) {
            String given = report.settings().audios().get(i).language();
            String found = given == null ? result.audios().get(i).language() : given;
            if (found.equals(language)) {
                return true;
            }
        }
        return false;
    }

    private static Optional<Double> errorRate(
            BenchmarkReport report, Measured result, RecommendationCriteria criteria) {
        String language = criteria.language();
        return language == null
                ? result.errorRate().map(ErrorRate::rate)
                : report.errorsByLanguage(result).stream()
                        .filter(errors -> errors.language().equals(language))
                        .map(errors -> errors.errors().rate())
                        .findFirst();
    }

    private static Recommendation choose(List<Choice> fitting, RecommendationCriteria criteria, List<Miss> misses) {
        Comparator<Choice> fastest = Comparator.comparing(Choice::speed).reversed();
        boolean accurate = areErrorsKnown(fitting) && criteria.maxErrorRate() == null;
        double limit = accurate
                ? fitting.stream().mapToDouble(Choice::requiredErrorRate).min().orElseThrow() + Verdict.SAME_ERRORS
                : Double.POSITIVE_INFINITY;
        List<Choice> order = new ArrayList<>(fitting);
        order.sort(
                accurate
                        ? Comparator.comparing((Choice choice) ->
                                        choice.requiredErrorRate() > limit ? choice.requiredErrorRate() : 0)
                                .thenComparing(fastest)
                        : fastest);
        Choice best = order.get(0);
        return new Recommendation(
                best, reason(best, fitting.size(), accurate, criteria), order.subList(1, order.size()), misses);
    }

    private static String reason(Choice best, int count, boolean accurate, RecommendationCriteria criteria) {
        boolean limited = criteria.maxErrorRate() != null || criteria.maxMemoryBytes() != null;
        String among = count == 1
                ? "the only saved result" + (limited ? " within the limits" : "")
                : accurate
                        ? "the fastest of those within a point of the lowest error rate"
                        : "the fastest of " + count + " saved results" + (limited ? " within the limits" : "");
        BenchmarkReport report = best.report();
        return "Use " + Verdict.describe(best.result()) + ": " + best.describe() + "; " + among + ", measured on "
                + report.startedAt().atZone(ZoneOffset.UTC).toLocalDate() + " with "
                + report.settings().describeRecordings() + "."
                + (best.errorRate() == null ? " Accuracy is unknown without a reference text." : "");
    }
}
