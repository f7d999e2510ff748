package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantitiesTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 ms",
        "12300, 0.0123 ms",
        "1234567, 1.23 ms",
        "12345678, 12.3 ms",
        "412000000, 412 ms",
        "999499999, 999 ms",
        "999500000, 1.00 s",
        "1000000000, 1.00 s",
        "9995000000, 10.0 s",
        "12345000000, 12.3 s",
        "123456000000, 123 s",
        "1234567000000, 1235 s",
    })
    void durationsHaveThreeDigitsAndSuitableUnit(long nanos, String expected) {
        assertThat(Quantities.duration(Duration.ofNanos(nanos))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "412000000, 3140000, 412 ± 3.1 ms",
        "412000000, 0, 412 ± 0 ms",
        "1230000000, 12300000, 1.23 ± 0.012 s",
        "999900000, 200000000, 1.00 ± 0.2 s",
        "50000000, 123000000, 50.0 ± 120 ms",
    })
    void deviationsHaveTheUnitOfTheirMean(long mean, long deviation, String expected) {
        assertThat(Quantities.durationWithDeviation(Duration.ofNanos(mean), Duration.ofNanos(deviation), "±"))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0.000012345, 0.0000123", "0.5, 0.500", "29.96, 30.0", "999.6, 1000", "12345.6, 12346"})
    void numbersHaveThreeDigits(double value, String expected) {
        assertThat(Quantities.number(value)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0, 0.0 %", "0.04567, 4.6 %", "1, 100.0 %", "2.5, 250.0 %"})
    void fractionsBecomePercentages(double value, String expected) {
        assertThat(Quantities.percent(value)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"512, 512 B", "1536, 1.50 KiB", "327155712, 312 MiB", "17179869184, 16.0 GiB"})
    void sizesHaveBinaryUnits(long bytes, String expected) {
        assertThat(Quantities.bytes(bytes)).isEqualTo(expected);
    }
}
