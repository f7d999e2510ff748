package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.benchmark.statistics.MedianInterval;
import io.github.whisperspeedtest.benchmark.statistics.Outliers;
import io.github.whisperspeedtest.benchmark.statistics.PairedRatio;
import io.github.whisperspeedtest.benchmark.statistics.Ranking;
import io.github.whisperspeedtest.benchmark.statistics.Ranking.RankRange;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.provenance.ModelProvenance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which candidates of a report are faster than others, as far as the measurements tell.
 *
 * <p>Only candidates that had the same task are ranked against each other: the same weights, whatever their format and type, and the same
 * options of the transcription. A candidate without a transcript, or with far more errors than another one that had the same task, is
 * not ranked: its time is not the time of the task.
 *
 * @param sets the candidates that had the same task, shortest median first; the set with the fastest candidate comes first
 */
record Standings(List<List<Standing>> sets) {
    /** Level of all intervals and ranks. */
    static final double LEVEL = 0.95;

    /** A rate that is so much higher, in errors per word, is not a difference of rounding or of the engine's choices. */
    static final double MAX_EXCESS_ERRORS = 0.1;

    /** Copies the lists. */
    public Standings {
        sets = sets.stream().map(List::copyOf).toList();
    }

    /**
     * The standing of one candidate.
     *
     * @param result its result
     * @param interval the interval of its median
     * @param rank its possible ranks in its set, null if it is not ranked or alone
     * @param unranked why it is not ranked, null if it is
     * @param slowdown its time as a multiple of that of the fastest candidate of its set, null for that one and for one that is not ranked
     * @param outliers indexes of its runs that do not fit the others
     */
    public record Standing(
            Measured result,
            MedianInterval interval,
            @Nullable RankRange rank,
            @Nullable String unranked,
            @Nullable PairedRatio slowdown,
            List<Integer> outliers) {
        /** Copies the list. */
        public Standing {
            outliers = List.copyOf(outliers);
        }

        /** Returns why the candidate is not ranked, as a sentence without its full stop; empty if it is. */
        Optional<String> describeUnranked(BenchmarkReport report) {
            return Optional.ofNullable(unranked).map(reason -> report.label(result) + " is not ranked: " + reason);
        }
    }

    /** Computes the standings of a report. */
    public static Standings of(BenchmarkReport report) {
        Map<List<Object>, List<Measured>> byTask = new LinkedHashMap<>();
        // The ranking is in order of the medians, so the first set has the fastest candidate.
        report.ranking()
                .forEach(result -> byTask.computeIfAbsent(task(result), unused -> new ArrayList<>())
                        .add(result));
        return new Standings(byTask.values().stream().map(Standings::standings).toList());
    }

    /** Returns all standings, set after set. */
    public List<Standing> all() {
        return sets.stream().flatMap(List::stream).toList();
    }

    /** Returns the standing of a candidate. */
    public Optional<Standing> of(BenchmarkResult result) {
        return all().stream()
                .filter(standing -> standing.result()
                        .candidate()
                        .name()
                        .equals(result.candidate().name()))
                .findFirst();
    }

    /** Returns why a candidate is not ranked, empty if it is. Ranks take seconds for many candidates; this computes none. */
    static Optional<String> unranked(BenchmarkReport report, Measured result) {
        List<Measured> sameTask = report.ranking().stream()
                .filter(other -> task(other).equals(task(result)))
                .toList();
        return Optional.ofNullable(unrankedReason(result, sameTask));
    }

    private static List<Object> task(Measured result) {
        ModelProvenance model = result.model();
        return Arrays.asList(
                result.candidate().model(),
                model == null ? "" : result.parameters().architecture(),
                result.candidate().transcribe());
    }

    private static List<Standing> standings(List<Measured> results) {
        List<@Nullable String> unranked =
                results.stream().map(result -> unrankedReason(result, results)).toList();
        List<Measured> ranked = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            if (unranked.get(i) == null) {
                ranked.add(results.get(i));
            }
        }
        List<double[]> rounds = rounds(ranked);
        List<RankRange> ranges =
                ranked.size() < 2 ? List.of() : Ranking.of(rounds, LEVEL).ranges();
        List<Standing> standings = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            Measured result = results.get(i);
            int index = ranked.indexOf(result);
            standings.add(new Standing(
                    result,
                    MedianInterval.of(Precision.seconds(result.times().steady()), LEVEL),
                    index < 0 || ranges.isEmpty() ? null : ranges.get(index),
                    unranked.get(i),
                    index < 1 ? null : PairedRatio.of(rounds.get(index), rounds.get(0), LEVEL),
                    Outliers.of(Precision.seconds(result.runs()))));
        }
        standings.sort(Comparator.comparing(standing -> standing.unranked() != null));
        return standings;
    }

    /**
     * Returns the times by round. A round outside of the steady state has no time. Rounds of groups that were measured at different
     * times are never the same round.
     */
    private static List<double[]> rounds(List<Measured> results) {
        int groups = 1
                + results.stream()
                        .mapToInt(result -> result.times().group())
                        .max()
                        .orElse(0);
        int longest =
                results.stream().mapToInt(result -> result.runs().size()).max().orElse(0);
        List<double[]> rounds = new ArrayList<>();
        for (Measured result : results) {
            RunTimes times = result.times();
            double[] own = new double[groups * longest];
            Arrays.fill(own, Double.NaN);
            for (int i = times.steadyFrom(); i < times.runs().size(); i++) {
                own[times.group() * longest + i] = seconds(times.runs().get(i));
            }
            rounds.add(own);
        }
        return rounds;
    }

    private static @Nullable String unrankedReason(Measured result, List<Measured> others) {
        if (isSilent(result) && others.stream().anyMatch(other -> !isSilent(other))) {
            return "it wrote no text";
        }
        Optional<Double> own = result.errorRate().map(ErrorRate::rate);
        Optional<Double> lowest = others.stream()
                .flatMap(other -> other.errorRate().stream())
                .map(ErrorRate::rate)
                .min(Comparator.naturalOrder());
        if (own.isPresent() && own.get() >= 1) {
            return "its text has as many errors as the reference has words, or more";
        }
        if (own.isPresent() && own.get() - lowest.orElseThrow() > MAX_EXCESS_ERRORS) {
            return "its error rate of " + Quantities.percent(own.get()) + " is out of line with "
                    + Quantities.percent(lowest.orElseThrow());
        }
        return null;
    }

    private static boolean isSilent(Measured result) {
        return result.audios().stream().allMatch(audio -> audio.text().isBlank());
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }
}
