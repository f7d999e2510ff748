package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.benchmark.Standings.Standing;
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
        List<Standing> ranked = Standings.of(report).all().stream()
                .filter(standing -> standing.unranked() == null)
                .sorted(Comparator.comparing(
                        standing -> standing.result().statistics().median()))
                .toList();
        if (ranked.isEmpty()) {
            return new Verdict("", null, List.of());
        }
        boolean accuracyKnown =
                ranked.stream().allMatch(standing -> rate(standing.result()).isPresent());
        return accuracyKnown ? byAccuracy(report, ranked) : bySpeed(report, ranked);
    }

    private static Verdict byAccuracy(BenchmarkReport report, List<Standing> ranked) {
        List<ParetoFront.Point> points = new ArrayList<>();
        for (Standing standing : ranked) {
            points.add(new ParetoFront.Point(
                    standing.interval().median(), rate(standing.result()).orElseThrow(), null));
        }
        List<Standing> front = ParetoFront.of(points).stream().map(ranked::get).toList();
        double lowest = front.stream()
                .mapToDouble(standing -> rate(standing.result()).orElseThrow())
                .min()
                .orElseThrow();
        Standing best = front.stream()
                .filter(standing -> rate(standing.result()).orElseThrow() <= lowest + SAME_ERRORS)
                .min(Comparator.comparing(
                        standing -> standing.result().statistics().median()))
                .orElseThrow();
        String tied = tied(report, best);
        String sentence = "Use " + describe(best.result()) + ": " + facts(report, best.result())
                + (tied.isEmpty() ? "; nothing here is both faster and better." : "." + tied);
        return new Verdict(
                sentence, name(best), front.stream().map(Verdict::name).toList());
    }

    private static Verdict bySpeed(BenchmarkReport report, List<Standing> ranked) {
        Standing best = ranked.get(0);
        boolean random = ranked.stream()
                .allMatch(standing ->
                        RandomModel.isName(standing.result().candidate().model()));
        String sentence = "Fastest here: " + describe(best.result()) + ", " + facts(report, best.result()) + "."
                + tied(report, best)
                + (random
                        ? " Random weights say nothing about accuracy."
                        : " Accuracy is unknown without a reference text.");
        return new Verdict(sentence, name(best), List.of(name(best)));
    }

    /** Returns a sentence about those that cannot be told apart from the best, empty if there are none. */
    private static String tied(BenchmarkReport report, Standing best) {
        List<String> names = Standings.of(report).sets().stream()
                .filter(set -> set.stream().anyMatch(standing -> name(standing).equals(name(best))))
                .flatMap(List::stream)
                .filter(standing -> !name(standing).equals(name(best)))
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

    private static String name(Standing standing) {
        return standing.result().candidate().name();
    }
}
