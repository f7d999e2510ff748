package io.github.whisperspeedtest.benchmark.statistics;

import static io.github.whisperspeedtest.benchmark.statistics.SimulatedMachine.candidate;
import static io.github.whisperspeedtest.benchmark.statistics.SimulatedMachine.withOutliers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PairedRatioTest {
    private static final double LEVEL = 0.95;
    private static final int TRIALS = 400;

    @ParameterizedTest
    @CsvSource({"4, 0.05", "5, 0.05", "6, 0.1", "7, 0.05", "8, 0.01", "12, 0.1", "25, 0.05", "50, 0.02"})
    void coversTheTrueRatio(int rounds, double noise) {
        assertThat(coverage(rounds, 1.3, candidate(1.3, noise), candidate(1, noise)))
                .isGreaterThanOrEqualTo(0.93);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 7, 12, 25})
    void coversTheTrueRatioDespiteOutliers(int rounds) {
        ToDoubleFunction<Random> a = withOutliers(candidate(1.3, 0.03), 0.1, 3);
        ToDoubleFunction<Random> b = withOutliers(candidate(1, 0.03), 0.1, 3);

        assertThat(coverage(rounds, 1.3, a, b)).isGreaterThanOrEqualTo(0.93);
    }

    @ParameterizedTest
    @ValueSource(ints = {6, 7, 12, 25})
    void coversTheMedianRatioOfABimodalCandidate(int rounds) {
        // Slower by half in 30 % of the rounds: the median of the ratios is at the 5/7 quantile of the faster mode.
        double median = Math.exp(0.03 * 0.5660);
        ToDoubleFunction<Random> bimodal = withOutliers(candidate(1, 0.03), 0.3, 1.5);

        assertThat(coverage(rounds, median, bimodal, random -> 1)).isGreaterThanOrEqualTo(0.93);
    }

    private static double coverage(int rounds, double truth, ToDoubleFunction<Random> a, ToDoubleFunction<Random> b) {
        return IntStream.range(0, TRIALS)
                        .filter(seed -> {
                            List<double[]> times =
                                    new SimulatedMachine(seed, 0.1, round -> 1).interleaved(rounds, List.of(a, b));
                            PairedRatio ratio = PairedRatio.of(times.get(0), times.get(1), LEVEL);
                            return ratio.low() <= truth && ratio.high() >= truth;
                        })
                        .count()
                / (double) TRIALS;
    }

    @Test
    void slowdownOfTheMachineCancelsOutOnlyWhenInterleaved() {
        int rounds = 20;
        List<ToDoubleFunction<Random>> candidates = List.of(candidate(1.2, 0.01), candidate(1, 0.01));
        for (int seed = 0; seed < 200; seed++) {
            List<double[]> paired = new SimulatedMachine(seed, 0.02, round -> round < rounds / 2 ? 1 : 1.5)
                    .interleaved(rounds, candidates);
            List<double[]> blocks = new SimulatedMachine(seed, 0.02, time -> time < rounds ? 1 : 1.5)
                    .oneAfterAnother(rounds, candidates);

            assertThat(ratio(paired).ratio()).isEqualTo(1.2, within(0.02 * 1.2));
            assertThat(ratio(paired).isDifferent()).isTrue();
            // The slower candidate even looks faster: 1.2 / 1.5 = 0.8.
            assertThat(ratio(blocks).ratio()).isEqualTo(0.8, within(0.02 * 1.2));
        }
    }

    private static PairedRatio ratio(List<double[]> times) {
        return PairedRatio.of(times.get(0), times.get(1), LEVEL);
    }

    @Test
    void tellsATenthApartInMostTrialsOfTwentyRounds() {
        long found = IntStream.range(0, 200)
                .filter(seed -> ratio(new SimulatedMachine(seed, 0.1, round -> 1)
                                .interleaved(20, List.of(candidate(1.1, 0.05), candidate(1, 0.05))))
                        .isDifferent())
                .count();

        assertThat(found).isGreaterThanOrEqualTo(190);
    }

    @Test
    void exchangingTheCandidatesInvertsTheRatio() {
        List<double[]> times =
                SimulatedMachine.steady(1).interleaved(10, List.of(candidate(2, 0.1), candidate(1, 0.1)));

        double there = PairedRatio.of(times.get(0), times.get(1), LEVEL).ratio();
        double back = PairedRatio.of(times.get(1), times.get(0), LEVEL).ratio();

        assertThat(there * back).isEqualTo(1, within(1e-12));
    }

    @Test
    void usesOnlyRoundsThatBothHave() {
        double missing = Double.NaN;
        PairedRatio ratio =
                PairedRatio.of(new double[] {2, missing, 4, 2, 100, 6}, new double[] {1, 7, 2, 1, missing, 3}, LEVEL);

        assertThat(ratio.rounds()).isEqualTo(4);
        assertThat(ratio.ratio()).isEqualTo(2, within(1e-12));
        assertThat(ratio.isDifferent()).isTrue();
    }

    @Test
    void intervalOfFewerThanFourRoundsIsUnknown() {
        PairedRatio three = PairedRatio.of(new double[] {9, 8, 9}, new double[] {1, 1, 1}, LEVEL);

        assertThat(three.ratio()).isEqualTo(9, within(1e-12));
        assertThat(three.low()).isNaN();
        assertThat(three.high()).isNaN();
        assertThat(three.isDifferent()).isFalse();
        assertThat(PairedRatio.of(new double[0], new double[0], LEVEL).ratio()).isNaN();
    }

    @Test
    void refusesOtherNumbersOfRoundsAndImpossibleTimes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PairedRatio.of(new double[2], new double[3], LEVEL))
                .withMessageContaining("2 and 3 rounds");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PairedRatio.of(new double[] {1}, new double[] {0}, LEVEL))
                .withMessageContaining("Time 0 is 0.0");
    }
}
