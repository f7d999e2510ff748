package io.github.whisperspeedtest.mlx.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.error.EngineOutOfMemoryException;
import io.github.whisperspeedtest.mlx.bindings.MlxProbe.Fault;
import io.github.whisperspeedtest.testkit.TestContexts;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the checks of a device with devices that are wrong in certain ways, and with MLX. */
class MlxProbeTest {
    @Test
    void acceptsDeviceThatRoundsToFloat16() {
        assertThat(MlxProbe.check(MlxType.FLOAT16, MlxProbeTest::rounded)).isEmpty();
    }

    @Test
    @RealMlx
    void acceptsMlx() {
        MlxRuntime runtime = MlxRuntime.start(TestContexts.ofEngine());
        for (MlxDevice device : runtime.devices()) {
            assertThat(runtime.call(() -> MlxProbe.check(runtime, device))).isEmpty();
        }
    }

    @Test
    void namesType() {
        Optional<Fault> fault =
                MlxProbe.check(MlxType.FLOAT32, operation -> new float[operation.rows()][operation.columns()]);
        assertThat(fault)
                .hasValueSatisfying(found -> assertThat(found.reason())
                        .startsWith("it computes wrongly: the product of 1 row in float32 is off by"));
    }

    /** The fault of M5: a product of more than eight rows consists of other numbers of about the right size. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "product",
                "product with bias",
                "4-bit product",
                "8-bit product",
                "4-bit embedding",
                "8-bit embedding",
                "attention",
                "causal attention",
                "convolution with stride 1",
                "convolution with stride 2",
                "layer norm"
            })
    void rejectsOperationThatIsWrongForManyRows(String broken) {
        Optional<Fault> fault = MlxProbe.check(MlxType.FLOAT16, operation -> {
            float[][] result = rounded(operation);
            return operation.operation().equals(broken) && operation.rows() > 8 ? scattered(result) : result;
        });
        assertThat(fault).hasValueSatisfying(found -> {
            assertThat(found.reason())
                    .containsPattern("it computes wrongly: the " + broken + " of \\d\\d+ rows in float16 is off by"
                            + " [1-9]\\d*\\.\\d\\d times its mean size");
            assertThat(found.lasting()).isTrue();
        });
    }

    /** Larger products select other kernels than small ones in MLX 0.31.0 and 0.31.1, and for quantized weights. */
    @ParameterizedTest
    @CsvSource({"product, 200", "product with bias, 200", "4-bit product, 256", "8-bit product, 256"})
    void rejectsOperationThatIsWrongForMoreThan64Rows(String broken, int rows) {
        Optional<Fault> fault = MlxProbe.check(MlxType.FLOAT16, operation -> {
            float[][] result = rounded(operation);
            return operation.operation().equals(broken) && operation.rows() > 64 ? scattered(result) : result;
        });
        assertThat(fault)
                .hasValueSatisfying(found -> assertThat(found.reason())
                        .contains("the " + broken + " of " + rows + " rows in float16 is off by"));
    }

    /** In MLX 0.31.0 and 0.31.1, the kernels of M5 compute products that are wider than they are deep. */
    @Test
    void multipliesMatricesThatAreWiderThanTheyAreDeep() {
        assertThat(ProbeCases.of(MlxType.FLOAT16))
                .filteredOn(operation -> operation.operation().startsWith("product") && operation.rows() == 64)
                .anySatisfy(operation -> assertThat(operation.columns()).isGreaterThan(512));
    }

    @Test
    void rejectsDeviceThatIsWrongInItsLastRows() {
        Optional<Fault> fault = MlxProbe.check(MlxType.FLOAT16, operation -> {
            float[][] result = rounded(operation);
            for (int row = 192; row < operation.rows(); row++) {
                Arrays.fill(result[row], 0);
            }
            return result;
        });
        assertThat(fault).hasValueSatisfying(found -> assertThat(found.reason()).contains("product of 200 rows"));
    }

    @Test
    void rejectsResultsThatAreNoNumbers() {
        Optional<Fault> fault = MlxProbe.check(MlxType.FLOAT16, operation -> {
            float[][] result = rounded(operation);
            Arrays.fill(result[0], Float.NaN);
            return result;
        });
        assertThat(fault)
                .hasValueSatisfying(found -> assertThat(found.reason())
                        .isEqualTo("it computes wrongly: the product of 1 row in float16 has elements that are not"
                                + " numbers"));
    }

    @Test
    void namesOperationThatDeviceLacks() {
        Optional<Fault> fault = MlxProbe.check(MlxType.FLOAT16, operation -> {
            if (operation.operation().equals("8-bit product") && operation.rows() == 256) {
                throw new EngineException("MLX failed: Unable to load kernel affine_qmm_t_nax");
            }
            return rounded(operation);
        });
        assertThat(fault)
                .contains(new Fault(
                        "it cannot compute the 8-bit product of 256 rows in float16: MLX failed: Unable to load kernel"
                                + " affine_qmm_t_nax",
                        true));
    }

    @Test
    void doesNotRememberThatMemoryWasShort() {
        Optional<Fault> fault = MlxProbe.check(MlxType.FLOAT16, operation -> {
            throw new EngineOutOfMemoryException("no memory");
        });
        assertThat(fault)
                .hasValueSatisfying(found -> assertThat(found.lasting()).isFalse());
    }

    /** Returns the expected result, rounded as float16 is. */
    private static float[][] rounded(ProbeCase operation) {
        float[][] rows = operation.expected().get();
        for (float[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                // Ten bits of the fraction are left.
                row[i] = Float.isNaN(row[i])
                        ? 0
                        : Float.intBitsToFloat(Float.floatToIntBits(row[i]) + 0x1000 & 0xFFFFE000);
            }
        }
        return rows;
    }

    /** Returns a result with its rows in the reverse order. */
    private static float[][] scattered(float[][] rows) {
        float[][] result = new float[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            result[i] = rows[rows.length - 1 - i];
        }
        return result;
    }
}
