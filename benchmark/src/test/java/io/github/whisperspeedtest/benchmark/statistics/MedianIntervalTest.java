package io.github.whisperspeedtest.benchmark.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MedianIntervalTest {
    private static final double LEVEL = 0.95;

    /** Ranks and coverages are those in tables of the binomial distribution, such as Conover's. */
    @ParameterizedTest
    @CsvSource({
        "6, 1, 6, 0.9688",
        "8, 1, 8, 0.9922",
        "9, 2, 8, 0.9609",
        "10, 2, 9, 0.9785",
        "20, 6, 15, 0.9586",
        "50, 18, 33, 0.9672"
    })
    void endsAreTheTabulatedOrderStatistics(int count, double low, double high, double coverage) {
        MedianInterval interval = MedianInterval.of(descending(count), LEVEL);

        assertThat(interval.low()).isEqualTo(low);
        assertThat(interval.high()).isEqualTo(high);
        assertThat(interval.median()).isEqualTo((count + 1) / 2.0);
        assertThat(interval.coverage()).isEqualTo(coverage, within(5e-5));
        assertThat(interval.exact()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0.5", "5, 0.9375"})
    void fewTimesGiveTheirRangeAndSayWhatItCovers(int count, double coverage) {
        MedianInterval interval = MedianInterval.of(descending(count), LEVEL);

        assertThat(interval.low()).isEqualTo(1);
        assertThat(interval.high()).isEqualTo(count);
        assertThat(interval.coverage()).isEqualTo(coverage, within(1e-12));
        assertThat(interval.exact()).isFalse();
    }

    @Test
    void relativeHalfWidthIsAFractionOfTheMedian() {
        assertThat(new MedianInterval(2, 1.9, 2.2, 0.95, true).relativeHalfWidth())
                .isEqualTo(0.075, within(1e-12));
    }

    @ParameterizedTest
    @ValueSource(ints = {6, 7, 10, 15, 30, 50})
    void coversTheTrueMedianOfSkewedTimes(int count) {
        int trials = 2000;
        ToDoubleFunction<Random> skewed = SimulatedMachine.candidate(3, 1);

        long covered = IntStream.range(0, trials)
                .mapToObj(
                        seed -> MedianInterval.of(SimulatedMachine.steady(seed).measure(count, skewed), LEVEL))
                .filter(interval -> interval.low() <= 3 && interval.high() >= 3)
                .count();

        assertThat((double) covered / trials).isGreaterThan(0.94);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void namesATimeThatIsNone(double time) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MedianInterval.of(new double[] {1, time}, LEVEL))
                .withMessageContaining("Time 1 is " + time);
    }

    @Test
    void needsATimeAndALevel() {
        assertThatIllegalArgumentException().isThrownBy(() -> MedianInterval.of(new double[0], LEVEL));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MedianInterval.of(new double[] {1}, 95))
                .withMessageContaining("95.0");
    }

    private static double[] descending(int count) {
        return IntStream.range(0, count).mapToDouble(i -> count - i).toArray();
    }
}
