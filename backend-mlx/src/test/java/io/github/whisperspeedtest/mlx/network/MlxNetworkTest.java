package io.github.whisperspeedtest.mlx.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.mlx.bindings.MlxDevice;
import io.github.whisperspeedtest.mlx.bindings.MlxRuntime;
import io.github.whisperspeedtest.mlx.bindings.RealMlx;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.testkit.NetworkContract;
import io.github.whisperspeedtest.testkit.TestContexts;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The network on the real MLX. */
@Tag("end-to-end")
@RealMlx
class MlxNetworkTest extends NetworkContract {
    @Override
    protected WhisperNetwork load() {
        return load(MlxDevice.CPU, MlxPrecision.FLOAT32);
    }

    private static WhisperNetwork load(MlxDevice device, MlxPrecision precision) {
        return MlxNetwork.load(MICRO, new MlxOptions(device, precision));
    }

    /** GPUs may multiply floats with lower precision. */
    @Test
    void agreesWithReferenceOnEveryDevice() {
        for (MlxDevice device : MlxRuntime.start(TestContexts.ofEngine()).devices()) {
            assertThat(distanceFromReference(load(device, MlxPrecision.FLOAT32)))
                    .as("on %s", device)
                    .isLessThan(2e-3);
            assertThat(distanceFromReference(load(device, MlxPrecision.FLOAT16)))
                    .as("on %s", device)
                    .isLessThan(1e-2);
        }
    }

    @ParameterizedTest
    @CsvSource({"FLOAT16, 0.005", "BFLOAT16, 0.05"})
    void staysCloseWithFewerBits(MlxPrecision precision, double tolerance) {
        assertThat(distanceFromReference(load(MlxDevice.CPU, precision))).isBetween(1e-5, tolerance);
    }
}
