package io.github.whisperspeedtest.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SinusoidsTest {
    private static final int WIDTH = 6;

    /** With three frequencies they are 1, a hundredth and a ten-thousandth. */
    @Test
    void eachPositionHasSinesThenCosines() {
        float[] values = new float[3 * WIDTH];
        Sinusoids.tensor(3, WIDTH).copyTo(0, values);

        assertThat(values).startsWith(0, 0, 0, 1, 1, 1);
        double[] expected = {
            Math.sin(2), Math.sin(0.02), Math.sin(0.0002), Math.cos(2), Math.cos(0.02), Math.cos(0.0002)
        };
        for (int i = 0; i < WIDTH; i++) {
            assertThat((double) values[2 * WIDTH + i]).isCloseTo(expected[i], within(1e-7));
        }
    }

    @Test
    void copiesAnyPart() {
        Tensor tensor = Sinusoids.tensor(5, WIDTH);
        float[] whole = new float[5 * WIDTH];
        tensor.copyTo(0, whole);

        float[] part = new float[9];
        tensor.copyTo(10, part);

        assertThat(part).containsExactly(Arrays.copyOfRange(whole, 10, 19));
    }
}
