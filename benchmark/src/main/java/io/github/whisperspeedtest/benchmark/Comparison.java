package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import java.util.ArrayList;
import java.util.List;

/** Compares the fastest implementation with each of the others. */
final class Comparison {
    private Comparison() {}

    /** Returns one sentence per slower implementation, none if fewer than two ran. */
    static List<String> sentences(BenchmarkReport report, Symbols symbols) {
        List<Measured> ranking = report.ranking();
        List<String> sentences = new ArrayList<>();
        for (int i = 1; i < ranking.size(); i++) {
            sentences.add(sentence(report, ranking.get(0), ranking.get(i), symbols));
        }
        return sentences;
    }

    /**
     * Divides the medians and propagates their errors: the relative error of a quotient of independent quantities is the root
     * of the sum of the squared relative deviations.
     */
    private static String sentence(BenchmarkReport report, Measured fastest, Measured slower, Symbols symbols) {
        Statistics fast = fastest.statistics();
        Statistics slow = slower.statistics();
        double ratio = (double) slow.median().toNanos() / fast.median().toNanos();
        String deviation = "";
        if (fast.standardDeviation() != null && slow.standardDeviation() != null) {
            double error = ratio * Math.hypot(fast.relativeDeviation(), slow.relativeDeviation());
            deviation = " " + symbols.plusMinus() + " " + Quantities.hundredths(error);
        }
        return report.label(fastest) + " ran " + Quantities.hundredths(ratio) + deviation + " times faster than "
                + report.label(slower);
    }
}
