package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.transcription.EngineParameters;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceTest {
    @ParameterizedTest
    @CsvSource({
        "auto, CPU,              CPU",
        "cpu,  CPU,              CPU",
        "cpu,  CPU (AVX2),       CPU (AVX2)",
        "mps,  MPS (Apple M2),   MPS (Apple M2)",
        "gpu,  Metal,            Metal",
        "gpu,  GPU 0,            GPU 0",
        "gpu,  CPU,              CPU (asked for gpu)",
        "gpu,  cpu (NEON),       cpu (NEON) (asked for gpu)",
        "mps,  CPU,              CPU (asked for mps)",
        "cpu,  Metal,            Metal (asked for cpu)",
        "cuda, cudart,           cudart (asked for cuda)",
    })
    void namesTheDeviceThatWasAskedForWhereItIsAnother(String requested, String actual, String expected) {
        assertThat(Device.describe(new EngineParameters("m", "r", requested, actual, "f16", 1)))
                .isEqualTo(expected);
    }
}
