package io.github.whisperspeedtest.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompressionRatioTest {
    /** Lengths before and after {@code zlib.compress} of Python 3. */
    @ParameterizedTest
    @CsvSource({"'', 0, 8", "a, 1, 9", "Grüße, 7, 15", "REPEATED, 110, 22"})
    void equalsRatioOfPythonZlib(String text, int bytes, int compressed) {
        String actual = text.equals("REPEATED") ? "Thank you. ".repeat(10) : text;
        assertThat(CompressionRatio.of(actual)).isCloseTo((double) bytes / compressed, within(1e-9));
    }
}
