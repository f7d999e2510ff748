package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.benchmark.Standings.Standing;
import io.github.whisperspeedtest.benchmark.statistics.PairedRatio;
import java.util.ArrayList;
import java.util.List;

/** Compares the fastest candidate of each task with the others of the same task, round by round. */
final class Comparison {
    private Comparison() {}

    /**
     * Returns one sentence for each slower candidate that had the same task in the same rounds as the fastest, and one for each that is
     * not ranked.
     */
    static List<String> sentences(BenchmarkReport report) {
        List<String> sentences = new ArrayList<>();
        for (List<Standing> set : Standings.of(report).sets()) {
            for (Standing standing : set) {
                standing.describeUnranked(report).ifPresent(sentences::add);
                // One that is not ranked has no slowdown.
                PairedRatio slowdown = standing.slowdown();
                if (slowdown != null && slowdown.rounds() > 0) {
                    sentences.add(report.label(set.get(0).result()) + " ran " + Quantities.hundredths(slowdown.ratio())
                            + " times as fast as " + report.label(standing.result()) + interval(slowdown));
                }
            }
        }
        return sentences;
    }

    private static String interval(PairedRatio slowdown) {
        if (Double.isNaN(slowdown.low())) {
            return " (too few runs for an interval)";
        }
        return " (95 %: " + Quantities.hundredths(slowdown.low()) + " to " + Quantities.hundredths(slowdown.high())
                + (slowdown.isDifferent() ? ")" : ", no clear difference)");
    }
}
