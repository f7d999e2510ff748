package io.github.whisperspeedtest.benchmark.statistics;

import static io.github.whisperspeedtest.benchmark.statistics.SimulatedMachine.candidate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoppingRuleTest {
    private static final StoppingRule RULE = new StoppingRule(0.02, 10, 100);

    @Test
    void stopsWhenTheIntervalIsNarrow() {
        assertThat(RULE.isMet(alternating(12, 0.01))).isTrue();
        assertThat(RULE.isMet(alternating(12, 0.05))).isFalse();
    }

    @Test
    void measuresTheMinimumInAnyCase() {
        assertThat(RULE.isMet(alternating(9, 0))).isFalse();
        assertThat(RULE.isMet(alternating(10, 0))).isTrue();
    }

    @Test
    void stopsAtTheMaximumInAnyCase() {
        assertThat(RULE.isMet(alternating(99, 0.5))).isFalse();
        assertThat(RULE.isMet(alternating(100, 0.5))).isTrue();
    }

    @Test
    void equalTimesSayNothingBeforeTheirIntervalDoes() {
        StoppingRule hasty = new StoppingRule(0.02, 1, 100);

        assertThat(hasty.isMet(new double[] {1, 1, 1, 1, 1})).isFalse();
        assertThat(hasty.isMet(new double[] {1, 1, 1, 1, 1, 1})).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void minimumAndMaximumMayBeTheSame(int rounds) {
        StoppingRule fixed = new StoppingRule(0.02, rounds, rounds);

        assertThat(fixed.isMet(alternating(rounds - 1, 0))).isFalse();
        assertThat(fixed.isMet(alternating(rounds, 0.5))).isTrue();
    }

    /** What is reported at the end still covers the truth, although each round was a chance to stop. */
    @ParameterizedTest
    @CsvSource({"0.01", "0.03", "0.05", "0.1"})
    void intervalAtTheEndCoversTheTruth(double noise) {
        long covered = IntStream.range(0, 500)
                .filter(seed -> {
                    double[] times = SimulatedMachine.steady(seed).measure(RULE.maxRounds(), candidate(1, noise));
                    int rounds = 0;
                    while (!RULE.isMet(Arrays.copyOf(times, rounds))) {
                        rounds++;
                    }
                    MedianInterval interval = MedianInterval.of(Arrays.copyOf(times, rounds), 0.95);
                    return interval.low() <= 1 && interval.high() >= 1;
                })
                .count();

        assertThat(covered / 500.0).isGreaterThanOrEqualTo(0.93);
    }

    @Test
    void refusesImpossibleRules() {
        assertThatIllegalArgumentException().isThrownBy(() -> new StoppingRule(0, 5, 10));
        assertThatIllegalArgumentException().isThrownBy(() -> new StoppingRule(0.02, 0, 10));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StoppingRule(0.02, 11, 10))
                .withMessageContaining("11 and 10");
    }

    private static double[] alternating(int count, double deviation) {
        return IntStream.range(0, count)
                .mapToDouble(i -> 1 + (i % 2 == 0 ? deviation : -deviation))
                .toArray();
    }
}
