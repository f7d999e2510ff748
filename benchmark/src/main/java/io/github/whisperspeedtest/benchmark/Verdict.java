package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.benchmark.statistics.ParetoFront;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.RandomModel;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a report says to a person who wants to choose.
 *
 * @param sentence the conclusion, empty if nothing was measured
 * @param best name of the candidate that it recommends, null if there is none
 * @param front names of the candidates that no other one is both faster and more accurate than, by their time
 */
public record Verdict(String sentence, @Nullable String best, List<String> front) {
    /** Candidates whose error rates differ by less count as equally accurate. */
    static final double SAME_ERRORS = 0.01;

    /** Copies the list. */
    public Verdict {
        Objects.requireNonNull(sentence, "sentence");
        front = List.copyOf(front);
    }

    /** Concludes from a report. */
    public static Verdict of(BenchmarkReport report) {
        return of(report, Standings.of(report));
    }

    static Verdict of(BenchmarkReport report, Standings standings) {
        List<Measured> ranked = ranked(report);
        if (ranked.isEmpty()) {
            return new Verdict("", null, List.of());
        }
        Measured best = best(ranked);
        String tied = tied(report, standings, best);
        return isAccuracyKnown(ranked) ? byAccuracy(report, ranked, best, tied) : bySpeed(report, ranked, best, tied);
    }

    /** Returns the result of the candidate that a report recommends, empty if there is none; faster than the whole verdict. */
    public static Optional<Measured> recommended(BenchmarkReport report) {
        List<Measured> ranked = ranked(report);
        return ranked.isEmpty() ? Optional.empty() : Optional.of(best(ranked));
    }

    private static List<Measured> ranked(BenchmarkReport report) {
        return report.ranking().stream()
                .filter(result -> Standings.unranked(report, result).isEmpty())
                .toList();
    }

    private static boolean isAccuracyKnown(List<Measured> ranked) {
        return ranked.stream().allMatch(result -> rate(result).isPresent());
    }

    private static Measured best(List<Measured> ranked) {
        if (!isAccuracyKnown(ranked)) {
            return ranked.get(0);
        }
        List<Measured> front = front(ranked);
        double lowest = front.stream()
                .mapToDouble(result -> rate(result).orElseThrow())
                .min()
                .orElseThrow();
        return front.stream()
                .filter(result -> rate(result).orElseThrow() <= lowest + SAME_ERRORS)
                .min(Comparator.comparing(result -> result.statistics().median()))
                .orElseThrow();
    }

    private static List<Measured> front(List<Measured> ranked) {
        List<ParetoFront.Point> points = new ArrayList<>();
        for (Measured result : ranked) {
            points.add(new ParetoFront.Point(
                    result.statistics().median().toNanos() / 1e9, rate(result).orElseThrow(), null));
        }
        return ParetoFront.of(points).stream().map(ranked::get).toList();
    }

    private static Verdict byAccuracy(BenchmarkReport report, List<Measured> ranked, Measured best, String tied) {
        String sentence = "Use " + describe(best) + ": " + facts(report, best)
                + (tied.isEmpty() ? "; nothing here is both faster and better." : "." + tied);
        return new Verdict(
                sentence, name(best), front(ranked).stream().map(Verdict::name).toList());
    }

    private static Verdict bySpeed(BenchmarkReport report, List<Measured> ranked, Measured best, String tied) {
        boolean random = ranked.stream()
                .allMatch(result -> RandomModel.isName(result.candidate().model()));
        String sentence = "Fastest here: " + describe(best) + ", " + facts(report, best) + "."
                + tied
                + (random
                        ? " Random weights say nothing about accuracy."
                        : " Accuracy is unknown without a reference text.");
        return new Verdict(sentence, name(best), List.of(name(best)));
    }

    /** Returns a sentence about those that cannot be told apart from the best, empty if there are none. */
    private static String tied(BenchmarkReport report, Standings standings, Measured best) {
        List<String> names = standings.sets().stream()
                .filter(set -> set.stream()
                        .anyMatch(standing -> name(standing.result()).equals(name(best))))
                .flatMap(List::stream)
                .filter(standing -> !name(standing.result()).equals(name(best)))
                .filter(standing -> standing.rank() != null && standing.rank().bestRank() == 1)
                .map(standing -> report.label(standing.result()))
                .toList();
        return names.isEmpty() ? "" : " The measurements cannot tell it apart from " + joined(names) + ".";
    }

    private static String joined(List<String> names) {
        int last = names.size() - 1;
        return last == 0 ? names.get(0) : String.join(", ", names.subList(0, last)) + " or " + names.get(last);
    }

    static String describe(Measured result) {
        return result.implementation() + " with " + result.candidate().model() + " at "
                + result.parameters().computeType() + options(result.candidate());
    }

    /** Returns the options that the name of a candidate has after its model and type. */
    private static String options(Candidate candidate) {
        int space = candidate
                .name()
                .indexOf(
                        ' ',
                        candidate.implementation().length() + candidate.model().length());
        return space < 0 ? "" : " (" + candidate.name().substring(space + 1) + ")";
    }

    private static String facts(BenchmarkReport report, Measured result) {
        List<String> facts = new ArrayList<>();
        result.errorRate()
                .ifPresent(rate -> facts.add(
                        Quantities.percent(rate.rate()) + " " + rate.unit().noun() + " error rate"));
        facts.add(Quantities.number(report.speed(result)) + "\u00D7 real time");
        if (result.peakMemoryBytes() != null) {
            facts.add(ResultTable.memory(result));
        }
        return String.join(", ", facts);
    }

    /** Returns what to do next, as lines with commands. */
    public static List<String> nextSteps(BenchmarkReport report) {
        boolean demo = report.settings().candidates().stream()
                .allMatch(candidate -> candidate.model().equals(EmbeddedModel.NAME));
        boolean references = report.settings().audios().stream().anyMatch(audio -> audio.reference() != null);
        if (demo) {
            return List.of(
                    EmbeddedModel.NAME + " is a demo that knows 65 words. To measure real speech, type:",
                    "  whisper-speedtest benchmark -m base --download -a talk.mp3",
                    "  whisper-speedtest benchmark -m tiny,base,small --download --dataset DIR");
        }
        return references
                ? List.of()
                : List.of("Add reference texts to compare accuracy: --reference-text FILE, or --dataset DIR.");
    }

    private static Optional<Double> rate(Measured result) {
        return result.errorRate().map(ErrorRate::rate);
    }

    private static String name(Measured result) {
        return result.candidate().name();
    }
}
