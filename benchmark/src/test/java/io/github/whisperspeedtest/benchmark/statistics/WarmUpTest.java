package io.github.whisperspeedtest.benchmark.statistics;

import static io.github.whisperspeedtest.benchmark.statistics.SimulatedMachine.candidate;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntToDoubleFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WarmUpTest {
    private static final int TRIALS = 1000;

    @ParameterizedTest
    @CsvSource({"1, 0.05", "2, 0.05", "5, 0.1", "5, 0.01", "8, 0.05", "10, 0.03", "20, 0.05", "50, 0.01"})
    void steadyTimesHaveNoWarmUpAndNoDrift(int rounds, double noise) {
        assertThat(share(rounds, noise, round -> 1, times -> WarmUp.steadyFrom(times) == 0))
                .isGreaterThan(0.95);
        assertThat(share(rounds, noise, round -> 1, WarmUp::isDrifting)).isLessThan(0.05);
    }

    @ParameterizedTest
    @CsvSource({"8, 0.01", "10, 0.02", "20, 0.02", "50, 0.03"})
    void slowFirstRoundsAreFound(int rounds, double noise) {
        double[] warmUp = {2, 1.4};

        assertThat(share(rounds, noise, round -> round < 2 ? warmUp[round] : 1, times -> WarmUp.steadyFrom(times) == 2))
                .isGreaterThan(0.95);
    }

    /** A cool machine is faster at first. */
    @Test
    void fastFirstRoundsAreFound() {
        assertThat(share(20, 0.01, round -> round < 3 ? 0.8 : 1, times -> WarmUp.steadyFrom(times) == 3))
                .isGreaterThan(0.95);
    }

    @ParameterizedTest
    @CsvSource({"12, 0.03", "20, 0.05", "40, 0.1"})
    void steadyRiseIsDrift(int rounds, double noise) {
        assertThat(share(
                        rounds,
                        noise,
                        round -> 1 + 0.5 * round / rounds,
                        times -> WarmUp.isDrifting(times) && WarmUp.steadyFrom(times) == 0))
                .isGreaterThan(0.95);
    }

    @ParameterizedTest
    @CsvSource({"10, 0.02", "20, 0.05", "40, 0.1"})
    void slowdownHalfWayIsDrift(int rounds, double noise) {
        assertThat(share(rounds, noise, round -> round < rounds / 2 ? 1 : 1.5, WarmUp::isDrifting))
                .isGreaterThan(0.9);
    }

    @Test
    void warmUpIsAtMostHalf() {
        double[] times = {9, 8, 7, 1, 1, 1};

        assertThat(WarmUp.isDrifting(times)).isTrue();
        assertThat(WarmUp.steadyFrom(new double[] {9, 8, 1, 1, 1, 1})).isEqualTo(2);
        assertThat(WarmUp.steadyFrom(times)).isZero();
    }

    @Test
    void outlierInTheSecondHalfDoesNotHideTheWarmUp() {
        double[] times = {3, 1, 1.01, 0.99, 1, 1.02, 1, 0.98, 20, 1.01, 1, 0.99, 1};

        assertThat(WarmUp.steadyFrom(times)).isEqualTo(1);
    }

    @Test
    void differencesBelowThePrecisionOfTheBenchmarkAreNoWarmUp() {
        assertThat(WarmUp.steadyFrom(new double[] {1.015, 1, 1, 1, 1, 1})).isZero();
    }

    private static double share(
            int rounds, double noise, IntToDoubleFunction slowdown, Predicate<double[]> expectation) {
        return IntStream.range(0, TRIALS)
                        .filter(seed -> expectation.test(
                                new SimulatedMachine(seed, 0, slowdown).measure(rounds, candidate(1, noise))))
                        .count()
                / (double) TRIALS;
    }
}
