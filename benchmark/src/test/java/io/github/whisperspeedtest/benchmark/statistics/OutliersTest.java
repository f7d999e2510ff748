package io.github.whisperspeedtest.benchmark.statistics;

import static io.github.whisperspeedtest.benchmark.statistics.SimulatedMachine.candidate;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutliersTest {
    @Test
    void namesSlowAndFastTimes() {
        assertThat(Outliers.of(new double[] {1, 1.01, 9, 0.99, 1.02, 0.98, 0.2, 1}))
                .containsExactly(2, 6);
    }

    @Test
    void manyOutliersDoNotHideEachOther() {
        assertThat(Outliers.of(new double[] {1, 5, 1.01, 5, 0.99, 5, 1.02, 5, 0.98, 1.01}))
                .containsExactly(1, 3, 5, 7);
    }

    @Test
    void smallDeviationFromEqualTimesIsNoOutlier() {
        assertThat(Outliers.of(new double[] {1, 1, 1, 1, 1, 1.04})).isEmpty();
        assertThat(Outliers.of(new double[] {1, 1, 1, 1, 1, 1.06})).containsExactly(5);
    }

    @Test
    void fewTimesHaveNoOutliers() {
        assertThat(Outliers.of(new double[] {1, 1, 1, 50})).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"5, 0.15", "10, 0.05", "30, 0.02"})
    void cleanSeriesAreRarelyFlagged(int rounds, double share) {
        long flagged = IntStream.range(0, 1000)
                .filter(seed -> !Outliers.of(SimulatedMachine.steady(seed).measure(rounds, candidate(1, 0.05)))
                        .isEmpty())
                .count();

        assertThat(flagged / 1000.0).isLessThan(share);
    }
}
