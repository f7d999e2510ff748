package io.github.whisperspeedtest.mlx.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.mlx.bindings.MlxDevice;
import io.github.whisperspeedtest.mlx.bindings.RealMlx;
import io.github.whisperspeedtest.network.WhisperNetwork;
import io.github.whisperspeedtest.testing.NetworkContract;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The network on the real MLX. */
@RealMlx
class MlxNetworkTest extends NetworkContract {
    @Override
    protected WhisperNetwork load() {
        return load(MlxPrecision.FLOAT32);
    }

    private static WhisperNetwork load(MlxPrecision precision) {
        return MlxNetwork.load(MICRO, new MlxOptions(MlxDevice.CPU, precision));
    }

    @ParameterizedTest
    @CsvSource({"FLOAT16, 0.005", "BFLOAT16, 0.05"})
    void staysCloseWithFewerBits(MlxPrecision precision, double tolerance) {
        assertThat(distanceFromReference(load(precision))).isBetween(1e-5, tolerance);
    }
}
