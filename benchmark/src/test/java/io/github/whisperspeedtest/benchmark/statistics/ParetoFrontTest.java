package io.github.whisperspeedtest.benchmark.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.whisperspeedtest.benchmark.statistics.ParetoFront.Point;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParetoFrontTest {
    @Test
    void leavesOutPointsThatAnotherBeats() {
        assertThat(ParetoFront.of(List.of(
                        new Point(3, 0.05, null),
                        new Point(1, 0.2, null),
                        new Point(2, 0.1, null),
                        new Point(2.5, 0.15, null))))
                .containsExactly(0, 1, 2);
    }

    @Test
    void equalPointsAreOnTheFrontTogether() {
        assertThat(ParetoFront.of(List.of(new Point(1, 0.1, null), new Point(1, 0.1, null))))
                .containsExactly(0, 1);
    }

    @Test
    void equalInOneAndWorseInAnotherIsBeaten() {
        assertThat(ParetoFront.of(List.of(new Point(1, 0.1, null), new Point(1, 0.2, null), new Point(2, 0.1, null))))
                .containsExactly(0);
    }

    @Test
    void lessMemoryKeepsASlowPointOnTheFront() {
        assertThat(ParetoFront.of(List.of(new Point(1, 0.1, 4e9), new Point(2, 0.1, 1e9), new Point(2, 0.1, 2e9))))
                .containsExactly(0, 1);
    }

    @Test
    void noPointsHaveAnEmptyFront() {
        assertThat(ParetoFront.of(List.of())).isEmpty();
    }

    @Test
    void refusesWhatCannotBeCompared() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ParetoFront.of(List.of(new Point(1, 0.1, 4e9), new Point(1, 0.1, null))));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Point(1, Double.NaN, null))
                .withMessageContaining("error rate of a point is NaN");
        assertThatIllegalArgumentException().isThrownBy(() -> new Point(-1, 0.1, null));
        assertThatIllegalArgumentException().isThrownBy(() -> new Point(1, 0.1, -1.0));
    }
}
