package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Failed;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.Unavailable;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The columns of the result table, and texts for outcomes. */
final class ResultTable {
    static final String UNKNOWN = "n/a";

    private ResultTable() {}

    /** Indices of the columns that a narrow table drops, in this order. The first one can be derived from the speed. */
    static final List<Integer> OPTIONAL = List.of(4, 2, 6, 5);

    /** Returns the headings. The first and the last column are aligned left, the others right. */
    static List<String> headings(Symbols symbols) {
        return List.of(
                "Implementation",
                "Median",
                "Mean " + symbols.plusMinus() + " " + symbols.sigma(),
                "Speed",
                "RTF",
                "Load",
                "First run",
                "Memory",
                "WER",
                "Type",
                "Device");
    }

    static List<String> cells(BenchmarkReport report, Measured result, Symbols symbols) {
        return List.of(
                report.label(result),
                Quantities.duration(result.statistics().median()),
                mean(result.statistics(), symbols),
                Quantities.number(report.speed(result)) + symbols.times(),
                Quantities.number(report.realTimeFactor(result)),
                Quantities.duration(result.load()),
                Quantities.duration(result.firstRun()),
                memory(result),
                errorRate(result),
                result.parameters().computeType(),
                Device.describe(result.parameters()));
    }

    /** Returns the mean, with the standard deviation if known. */
    static String mean(Statistics statistics, Symbols symbols) {
        return statistics.standardDeviation() == null
                ? Quantities.duration(statistics.mean())
                : Quantities.durationWithDeviation(
                        statistics.mean(), statistics.standardDeviation(), symbols.plusMinus());
    }

    static String memory(Measured result) {
        Long bytes = result.peakMemoryBytes();
        return bytes == null ? UNKNOWN : Quantities.bytes(bytes);
    }

    /** Returns the word error rate, and the character error rate with its name; most benchmarks have only the former. */
    static String errorRate(Measured result) {
        String rates = Stream.of(result.wordErrorRate(), result.characterErrorRate())
                .flatMap(Optional::stream)
                .map(ResultTable::percent)
                .collect(Collectors.joining(", "));
        return rates.isEmpty() ? UNKNOWN : rates;
    }

    static String percent(ErrorRate rate) {
        String percent = Quantities.percent(rate.rate());
        return rate.unit() == ErrorRate.Unit.WORD
                ? percent
                : percent + " " + rate.unit().abbreviation();
    }

    /** Returns the outcome in a few words, such as {@code failed: timed out}. */
    static String status(BenchmarkResult result) {
        if (result instanceof Failed failed) {
            return "failed: "
                    + switch (failed.category()) {
                        case USER -> "not supported";
                        case MODEL -> "model missing or damaged";
                        case ENVIRONMENT -> "missing requirement";
                        case INTERNAL -> "internal error";
                        case CRASHED -> "crashed";
                        case TIMED_OUT -> "timed out";
                    };
        }
        return result instanceof Unavailable ? "unavailable" : "measured";
    }

    /** Returns the reason for a failure, empty for a measured result. */
    static String reason(BenchmarkResult result) {
        if (result instanceof Failed failed) {
            return failed.reason();
        }
        return result instanceof Unavailable unavailable ? unavailable.problem().reason() : "";
    }

    /** Returns the remedy for a failure, empty if unknown. */
    static String remedy(BenchmarkResult result) {
        if (result instanceof Failed failed) {
            String remedy = failed.remedy();
            return remedy == null ? "" : remedy;
        }
        return result instanceof Unavailable unavailable ? unavailable.problem().remedy() : "";
    }
}
