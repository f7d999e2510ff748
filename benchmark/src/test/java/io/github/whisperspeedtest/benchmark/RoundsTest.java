package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundsTest {
    @Test
    void fixedNumberIsTheMaximum() {
        assertThat(Rounds.of(500, 1).maximum()).isEqualTo(500);
        assertThat(Rounds.untilPrecise().maximum()).isEqualTo(Rounds.MAX_OPEN);
        assertThat(Rounds.of(1, 2).describe()).isEqualTo("1 timed after 2 warm-up runs");
        assertThat(Rounds.untilPrecise().describe()).isEqualTo("at least 4 timed after 1 warm-up run");
    }

    @Test
    void rejectsImpossibleNumbers() {
        assertThatThrownBy(() -> new Rounds(0, true, 0, null, 0)).hasMessageContaining("0 and 0");
        assertThatThrownBy(() -> new Rounds(1, true, -1, null, 0)).hasMessageContaining("1 and -1");
        assertThatThrownBy(() -> new Rounds(1, false, 0, Duration.ZERO, 0)).hasMessageContaining("budget");
    }

    @Test
    void tenEqualRoundsArePreciseEnough() {
        List<Duration> equal = Collections.nCopies(10, Duration.ofMillis(100));

        assertThat(Precision.isReached(equal)).isTrue();
        assertThat(Precision.isReached(equal.subList(0, 9))).isFalse();
        assertThat(Precision.isReached(Reports.millis(100, 120, 90, 115, 95, 130, 80, 100, 110, 105)))
                .isFalse();
    }
}
