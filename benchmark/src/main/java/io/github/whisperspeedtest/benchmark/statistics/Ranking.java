package io.github.whisperspeedtest.benchmark.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The ranks that candidates can have, given the noise of their times.
 *
 * <p>Each pair is compared by the median ratio of their times in the same round. Holm's method (Scandinavian Journal of Statistics 6, 1979)
 * keeps the probability of even one wrong order in the whole set below 1 − level. The best rank of a candidate is one more than the number of
 * those that are faster; its worst rank leaves room for those that are slower (Al Mohamad, Goeman and van Zwet, Biometrics 78, 2022). All
 * true ranks lie in their ranges with the given level.
 *
 * @param order indexes of the candidates by their median time, shortest first; those without times last
 * @param ranges the possible ranks of each candidate, by its index
 */
public record Ranking(List<Integer> order, List<RankRange> ranges) {
    /** Copies the lists. */
    public Ranking {
        order = List.copyOf(order);
        ranges = List.copyOf(ranges);
    }

    /**
     * The possible ranks of a candidate; 1 is the fastest.
     *
     * @param bestRank one more than the number of candidates that are faster
     * @param worstRank the number of candidates less those that are slower
     */
    public record RankRange(int bestRank, int worstRank) {
        /** Returns a text such as {@code 3} or {@code 1–2}. */
        public String describe() {
            return bestRank == worstRank ? Integer.toString(bestRank) : bestRank + "–" + worstRank;
        }
    }

    /**
     * Ranks candidates.
     *
     * @param rounds times of each candidate in seconds; the same index is the same round; NaN where a candidate was not measured
     * @param level probability that all ranges are right, such as 0.95
     * @throws IllegalArgumentException if the numbers of rounds differ, a time is neither NaN nor positive and finite, or the level is not
     *     between 0 and 1
     */
    public static Ranking of(List<double[]> rounds, double level) {
        Samples.requireLevel(level);
        int count = rounds.size();
        int[] faster = new int[count];
        int[] slower = new int[count];
        for (Pair pair : different(pairs(rounds), level)) {
            faster[pair.slower()]++;
            slower[pair.faster()]++;
        }
        double[] medians = rounds.stream().mapToDouble(Ranking::median).toArray();
        return new Ranking(
                IntStream.range(0, count)
                        .boxed()
                        .sorted(Comparator.comparingDouble(i -> medians[i]))
                        .toList(),
                IntStream.range(0, count)
                        .mapToObj(i -> new RankRange(1 + faster[i], count - slower[i]))
                        .toList());
    }

    private static double median(double[] times) {
        double[] measured =
                Arrays.stream(times).filter(time -> !Double.isNaN(time)).toArray();
        return measured.length == 0 ? Double.NaN : Samples.median(Samples.sorted(measured));
    }

    private static List<Pair> pairs(List<double[]> rounds) {
        List<Pair> pairs = new ArrayList<>();
        for (int a = 0; a < rounds.size(); a++) {
            for (int b = a + 1; b < rounds.size(); b++) {
                double[] logRatios = PairedRatio.logRatios(rounds.get(a), rounds.get(b));
                pairs.add(new Pair(
                        a, b, logRatios.length < PairedRatio.MIN_ROUNDS ? null : new BootstrappedMedian(logRatios)));
            }
        }
        return pairs;
    }

    /** Holm's method: each pair that differs makes the level for the remaining ones less strict. */
    private static List<Pair> different(List<Pair> pairs, double level) {
        List<Pair> remaining = new ArrayList<>(pairs);
        List<Pair> different = new ArrayList<>();
        List<Pair> found;
        do {
            double adjusted = 1 - (1 - level) / remaining.size();
            found = remaining.stream()
                    .filter(pair -> pair.isDifferent(adjusted))
                    .toList();
            different.addAll(found);
            remaining.removeAll(found);
        } while (!found.isEmpty() && !remaining.isEmpty());
        return different;
    }

    /** Two candidates and the median of the logarithms of their ratios, null if they share too few rounds. */
    private record Pair(int a, int b, @Nullable BootstrappedMedian logRatio) {
        boolean isDifferent(double level) {
            return logRatio != null && logRatio.interval(level).excludes(0);
        }

        int faster() {
            return isFirstFaster() ? a : b;
        }

        int slower() {
            return isFirstFaster() ? b : a;
        }

        private boolean isFirstFaster() {
            return logRatio != null && logRatio.median() < 0;
        }
    }
}
