package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Failed;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.Unavailable;
import io.github.whisperspeedtest.evaluation.WordErrorRate;
import java.util.List;
import java.util.Locale;

/** The columns that every table of results has, and how a result is put into words. */
final class ResultTable {
    static final String UNKNOWN = "n/a";

    private ResultTable() {}

    /** Returns the titles; the first and the last column hold words, those between them numbers. */
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
                result.implementation(),
                Quantities.duration(result.statistics().median()),
                mean(result.statistics(), symbols),
                Quantities.number(report.speed(result)) + symbols.times(),
                Quantities.number(report.realTimeFactor(result)),
                Quantities.duration(result.load()),
                Quantities.duration(result.firstRun()),
                memory(result),
                wordErrorRate(result),
                result.parameters().computeType(),
                Device.describe(result.parameters()));
    }

    /** Returns the mean with its deviation, if there is one. */
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

    static String wordErrorRate(Measured result) {
        return result.wordErrorRate()
                .map(WordErrorRate::rate)
                .map(Quantities::percent)
                .orElse(UNKNOWN);
    }

    /** Returns what became of a result in one or two words, such as {@code failed (timed out)}. */
    static String status(BenchmarkResult result) {
        if (result instanceof Failed failed) {
            return "failed ("
                    + failed.category().name().toLowerCase(Locale.ROOT).replace('_', ' ') + ")";
        }
        return result instanceof Unavailable ? "unavailable" : "measured";
    }

    /** Returns why there are no numbers, empty where there are. */
    static String reason(BenchmarkResult result) {
        if (result instanceof Failed failed) {
            return failed.reason();
        }
        return result instanceof Unavailable unavailable ? unavailable.reason() : "";
    }

    /** Returns what to do about a failure, empty where nothing is known. */
    static String remedy(BenchmarkResult result) {
        if (result instanceof Failed failed) {
            String remedy = failed.remedy();
            return remedy == null ? "" : remedy;
        }
        return result instanceof Unavailable unavailable ? unavailable.remedy() : "";
    }
}
