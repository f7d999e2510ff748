package io.github.whisperspeedtest.numeric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExponentialsTest {
    /** The relative error that the description allows, in percent. */
    private static final Percentage ERROR = Percentage.withPercentage(1e-3);

    private final Exponentials exponentials = new Exponentials();

    @ParameterizedTest
    @ValueSource(doubles = {0.001, 1, 3, 6, 12, 100})
    void sumsExponentialsOfAnySpread(double spread) {
        float[] values = values(51_865, spread);
        float maximum = maximum(values);

        for (float scale : new float[] {1, 2.5f}) {
            double expected = 0;
            for (int i = 7; i < 50_000; i++) {
                expected += Math.exp((values[i] - maximum) * scale);
            }
            assertThat(exponentials.sum(values, 7, 50_000, maximum, scale)).isCloseTo(expected, ERROR);
        }
    }

    @Test
    void exponentialOfOneValueIsAccurate() {
        for (float x = 0; x > -20; x -= 0.037f) {
            float[] value = {x};
            assertThat(exponentials.sum(value, 0, 1, 0, 1))
                    .as("e^%f", x)
                    .isCloseTo(Math.exp(x), within(1e-5))
                    .isCloseTo(Math.exp(x), Percentage.withPercentage(0.1));
        }
    }

    @Test
    void emptySumIsZero() {
        assertThat(exponentials.sum(new float[] {1}, 1, 1, 1, 1)).isZero();
    }

    @Test
    void valuesFarBelowMaximumAreNegligible() {
        float[] values = {0, -1e30f, -1000};
        assertThat(exponentials.sum(values, 0, 3, 0, 1)).isCloseTo(1, within(1e-12));
    }

    @Test
    void propagatesNaN() {
        assertThat(exponentials.sum(new float[] {0, Float.NaN}, 0, 2, 0, 1)).isNaN();
        assertThat(exponentials.sum(new float[] {0, Float.NEGATIVE_INFINITY}, 0, 2, 0, 1))
                .isNaN();
    }

    @Test
    void findsIndexOfPartialSum() {
        float[] values = values(5000, 1);
        float maximum = maximum(values);
        double sum = exponentials.sum(values, 10, 4990, maximum, 1);
        double before = 0;
        for (int i = 10; i < 4990; i++) {
            double weight = Math.exp(values[i] - maximum);
            if (i % 499 == 0) {
                assertThat(exponentials.indexOf(before + weight / 2, values, 10, 4990, maximum, 1))
                        .isEqualTo(i);
            }
            before += weight;
        }
        assertThat(exponentials.indexOf(0, values, 10, 4990, maximum, 1)).isEqualTo(10);
        assertThat(exponentials.indexOf(2 * sum, values, 10, 4990, maximum, 1)).isEqualTo(4989);
    }

    @Test
    void softmaxAddsUpToOne() {
        float[] values = values(1500, 4);
        float[] original = values.clone();
        Exponentials.softmax(values, 1000);

        double sum = 0;
        for (int i = 0; i < 1000; i++) {
            sum += values[i];
        }
        assertThat(sum).isCloseTo(1, within(1e-5));
        assertThat(values[3] / values[4]).isCloseTo((float) Math.exp(original[3] - original[4]), within(1e-3f));
        assertThat(values[1200]).as("beyond the count").isEqualTo(original[1200]);
    }

    private static float[] values(int count, double spread) {
        Random random = new Random(3);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() * spread);
        }
        return values;
    }

    private static float maximum(float[] values) {
        float maximum = values[0];
        for (float value : values) {
            maximum = Math.max(maximum, value);
        }
        return maximum;
    }
}
