package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    @Test
    void describesOddNumberOfTimes() {
        Statistics statistics = Statistics.of(Reports.millis(9, 1, 2, 4, 4));

        assertThat(statistics)
                .isEqualTo(new Statistics(
                        5,
                        Duration.ofMillis(4),
                        Duration.ofMillis(4),
                        // (25 + 9 + 4) / (5 - 1) = 9.5
                        Duration.ofNanos(3_082_207),
                        Duration.ofMillis(1),
                        Duration.ofMillis(9)));
    }

    @Test
    void medianOfEvenNumberIsMeanOfMiddleTwo() {
        assertThat(Statistics.of(Reports.millis(10, 1, 3, 2)).median()).isEqualTo(Duration.ofNanos(2_500_000));
    }

    @Test
    void oneTimeHasNoDeviation() {
        Statistics statistics = Statistics.of(Reports.millis(7));

        assertThat(statistics.standardDeviation()).isNull();
        assertThat(statistics.relativeDeviation()).isZero();
        assertThat(statistics.median()).isEqualTo(statistics.mean()).isEqualTo(Duration.ofMillis(7));
    }

    @Test
    void deviationIsRelativeToMean() {
        assertThat(Statistics.of(Reports.millis(90, 100, 110)).relativeDeviation())
                .isCloseTo(0.1, within(1e-9));
    }

    @Test
    void rejectsEmptyInput() {
        assertThatThrownBy(() -> Statistics.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
