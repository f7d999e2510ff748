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
        "gpu,  CPU,              CPU (not gpu)",
        "gpu,  cpu (NEON),       cpu (NEON) (not gpu)",
        "mps,  CPU,              CPU (not mps)",
        "cpu,  Metal,            Metal (not cpu)",
        "cuda, cudart,           cudart (not cuda)",
    })
    void namesTheRequestedDeviceIfAnotherWasUsed(String requested, String actual, String expected) {
        assertThat(Device.describe(new EngineParameters("m", "r", requested, actual, "f16", 1)))
                .isEqualTo(expected);
    }
}
