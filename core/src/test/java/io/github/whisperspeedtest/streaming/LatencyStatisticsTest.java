package io.github.whisperspeedtest.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LatencyStatisticsTest {
    private final LatencyStatistics statistics = new LatencyStatistics();

    @Test
    void returnsQuantiles() {
        assertThat(statistics.quantile(0.5)).isNull();
        for (int i = 1; i <= 100; i++) {
            statistics.add(Duration.ofMillis(i * 20L));
        }
        assertThat(statistics.quantile(0.5)).isEqualTo(Duration.ofMillis(1000));
        assertThat(statistics.quantile(0.95)).isEqualTo(Duration.ofMillis(1900));
        assertThat(statistics.quantile(0)).isEqualTo(Duration.ofMillis(20));
    }

    @Test
    void limitsWhatIsOutOfRange() {
        statistics.add(Duration.ofMillis(-5));
        statistics.add(Duration.ofHours(1));
        assertThat(statistics.quantile(0.5)).isZero();
        assertThat(statistics.quantile(1)).isEqualTo(Duration.ofMinutes(2));
    }
}
