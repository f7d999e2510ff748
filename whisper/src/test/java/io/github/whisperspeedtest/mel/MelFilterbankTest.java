package io.github.whisperspeedtest.mel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MelFilterbankTest {
    /** The 80 bins are those of OpenAI's published table, the 128 bins librosa's formula evaluated with numpy. */
    @ParameterizedTest
    @ValueSource(ints = {80, 128})
    void agreesWithThePublishedWeights(int bins) throws IOException {
        float[] expected = expected(bins);
        MelFilterbank filterbank = MelFilterbank.of(bins);

        for (int bin = 0; bin < bins; bin++) {
            for (int i = 0; i < MelFilterbank.FREQUENCIES; i++) {
                float weight = expected[bin * MelFilterbank.FREQUENCIES + i];
                assertThat(Math.abs(filterbank.weight(bin, i) - weight))
                        .as("bin %d, frequency %d", bin, i)
                        .isLessThanOrEqualTo(1e-8f);
            }
        }
    }

    @Test
    void rejectsZeroBins() {
        assertThatThrownBy(() -> MelFilterbank.of(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void returnsCopy() {
        MelFilterbank filterbank = MelFilterbank.of(80);
        filterbank.weights()[1] = 5;

        assertThat(filterbank.weights()[1]).isEqualTo(filterbank.weight(0, 1)).isLessThan(1);
    }

    private static float[] expected(int bins) throws IOException {
        float[] weights = new float[bins * MelFilterbank.FREQUENCIES];
        try (InputStream stream =
                Objects.requireNonNull(MelFilterbankTest.class.getResourceAsStream("mel-" + bins + ".txt"))) {
            for (String line : new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList()) {
                String[] fields = line.split(" ");
                weights[Integer.parseInt(fields[0]) * MelFilterbank.FREQUENCIES + Integer.parseInt(fields[1])] =
                        Float.parseFloat(fields[2]);
            }
        }
        return weights;
    }
}
