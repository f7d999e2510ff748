package io.github.whisperspeedtest.benchmark.statistics;

import static io.github.whisperspeedtest.benchmark.statistics.SimulatedMachine.candidate;
import static io.github.whisperspeedtest.benchmark.statistics.SimulatedMachine.withOutliers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.whisperspeedtest.benchmark.statistics.Ranking.RankRange;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RankingTest {
    private static final double LEVEL = 0.95;
    private static final int TRIALS = 200;

    /** Twins at 1 s, one that is slower by a tenth and has outliers, and one that jumps between 1.5 s and 1.8 s. */
    private static final List<ToDoubleFunction<Random>> CANDIDATES = List.of(
            withOutliers(candidate(1.5, 0.01), 0.5, 1.2),
            candidate(1, 0.05),
            withOutliers(candidate(1.1, 0.05), 0.05, 5),
            candidate(1, 0.05));

    private static final List<RankRange> EXPECTED =
            List.of(new RankRange(4, 4), new RankRange(1, 2), new RankRange(3, 3), new RankRange(1, 2));

    @Test
    void ranksOnANoisyMachine() {
        assertThat(rightRanges(round -> 1)).isGreaterThanOrEqualTo(TRIALS * 95 / 100);
    }

    @Test
    void ranksOnAMachineThatSlowsDown() {
        assertThat(rightRanges(round -> round < 12 ? 1 : 1.5)).isGreaterThanOrEqualTo(TRIALS * 95 / 100);
    }

    private static long rightRanges(IntToDoubleFunction slowdown) {
        return IntStream.range(0, TRIALS)
                .filter(seed -> {
                    List<double[]> times = new SimulatedMachine(seed, 0.1, slowdown).interleaved(25, CANDIDATES);
                    return Ranking.of(times, LEVEL).ranges().equals(EXPECTED);
                })
                .count();
    }

    /** Without correction, one in three sets of six identical candidates would show a difference. */
    @Test
    void identicalCandidatesShareAllRanks() {
        List<ToDoubleFunction<Random>> identical = List.of(
                candidate(1, 0.05),
                candidate(1, 0.05),
                candidate(1, 0.05),
                candidate(1, 0.05),
                candidate(1, 0.05),
                candidate(1, 0.05));

        long shared = IntStream.range(0, 100)
                .filter(seed ->
                        Ranking.of(SimulatedMachine.steady(seed).interleaved(12, identical), LEVEL).ranges().stream()
                                .allMatch(new RankRange(1, 6)::equals))
                .count();

        assertThat(shared).isGreaterThanOrEqualTo(95);
    }

    @Test
    void ordersByMedian() {
        Ranking ranking = Ranking.of(List.of(constant(3), constant(1), constant(2)), LEVEL);

        assertThat(ranking.order()).containsExactly(1, 2, 0);
        assertThat(ranking.ranges()).extracting(RankRange::describe).containsExactly("3", "1", "2");
    }

    @Test
    void comparesMissingRoundsOnlyWhereBothExist() {
        double[] fast = constant(1);
        double[] failedLater = constant(1.2);
        // The machine was slow in the rounds that the other candidate missed.
        for (int round = 6; round < fast.length; round++) {
            fast[round] = 2;
            failedLater[round] = Double.NaN;
        }

        Ranking ranking = Ranking.of(List.of(fast, failedLater), LEVEL);

        assertThat(ranking.ranges()).extracting(RankRange::describe).containsExactly("1", "2");
    }

    @Test
    void candidateWithoutTimesCanHaveAnyRank() {
        Ranking ranking = Ranking.of(List.of(constant(Double.NaN), constant(2), constant(1)), LEVEL);

        assertThat(ranking.order()).containsExactly(2, 1, 0);
        assertThat(ranking.ranges()).extracting(RankRange::describe).containsExactly("1–3", "2–3", "1–2");
    }

    @Test
    void acceptsNoneAndOne() {
        assertThat(Ranking.of(List.of(), LEVEL).ranges()).isEmpty();
        assertThat(Ranking.of(List.of(constant(1)), LEVEL).ranges()).containsExactly(new RankRange(1, 1));
    }

    @Test
    void refusesOtherNumbersOfRounds() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ranking.of(List.of(new double[] {1}, new double[] {1, 2}), LEVEL))
                .withMessageContaining("1 and 2 rounds");
    }

    private static double[] constant(double time) {
        double[] times = new double[12];
        Arrays.fill(times, time);
        return times;
    }
}
