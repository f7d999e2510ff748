package io.github.whisperspeedtest.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.whisperspeedtest.testkit.TestContexts;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class Int8ProbeTest {
    private static final int WIDTH = Int8Probe.WIDTH;

    private final float[] weights = weights();

    @Test
    void acceptsPyTorchOnX86() {
        assumeThat(System.getProperty("os.arch")).isEqualTo("amd64");
        assertThat(TorchRuntime.start(TestContexts.ofEngine()).int8Problem()).isEmpty();
    }

    @Test
    void acceptsExactLayer() {
        assertThat(Int8Probe.problem(weights, (x, rows) -> product(x, rows))).isEmpty();
    }

    /** As on AArch64, where the weights are prepared for the rows of the first input. */
    @Test
    void refusesLayerThatIsRightForItsFirstNumberOfRowsOnly() {
        assertThat(refusal(1))
                .startsWith("PyTorch computes int8 wrongly on this processor: a layer with 5 rows is off by");
    }

    @Test
    void refusesLayerThatIsWrongForSeventeenRowsOnly() {
        assertThat(refusal(1, 5)).contains("a layer with 17 rows is off by");
    }

    @Test
    void refusesLayerWithoutNumbers() {
        Optional<String> problem = Int8Probe.problem(weights, (x, rows) -> {
            float[] y = new float[rows * WIDTH];
            Arrays.fill(y, Float.NaN);
            return y;
        });
        assertThat(problem)
                .hasValueSatisfying(text -> assertThat(text).contains("a layer with 1 rows is off by NaN %"));
    }

    private String refusal(Integer... rightRows) {
        return Int8Probe.problem(weights, (x, rows) -> {
                    float[] y = product(x, rows);
                    return Arrays.asList(rightRows).contains(rows) ? y : new float[y.length];
                })
                .orElseThrow();
    }

    private float[] product(float[] x, int rows) {
        float[] y = new float[rows * WIDTH];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < WIDTH; j++) {
                for (int k = 0; k < WIDTH; k++) {
                    y[i * WIDTH + j] += x[i * WIDTH + k] * weights[j * WIDTH + k];
                }
            }
        }
        return y;
    }

    private static float[] weights() {
        float[] weights = new float[WIDTH * WIDTH];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) Math.sin(i);
        }
        return weights;
    }
}
