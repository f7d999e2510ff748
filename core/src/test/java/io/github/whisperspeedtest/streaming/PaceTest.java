package io.github.whisperspeedtest.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
    private final Pace pace = new Pace(Duration.ofSeconds(2));

    @Test
    void isHalfOfTheLatencyWhereTheEngineIsFast() {
        add(10, 100);
        assertThat(pace.step()).isEqualTo(Duration.ofSeconds(1));
        assertThat(pace.slowStep()).isNull();
        assertThat(new Pace(Duration.ofMillis(500)).step()).isEqualTo(Duration.ofMillis(300));
    }

    @Test
    void ignoresASlowFirstTranscription() {
        add(1, 9000);
        assertThat(pace.slowStep()).isNull();
        add(1, 100);
        assertThat(pace.step()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void reportsASlowEngineOncePerChange() {
        add(5, 2000);
        assertThat(pace.slowStep()).isEqualTo(Duration.ofMillis(2500));
        add(5, 2200);
        assertThat(pace.slowStep()).isNull();
        add(30, 4000);
        assertThat(pace.slowStep()).isBetween(Duration.ofMillis(4900), Duration.ofMillis(5000));
        add(30, 100);
        assertThat(pace.slowStep()).isNull();
        add(30, 4000);
        assertThat(pace.slowStep()).isNotNull();
    }

    private void add(int times, long millis) {
        for (int i = 0; i < times; i++) {
            pace.add(Duration.ofMillis(millis));
        }
    }
}
