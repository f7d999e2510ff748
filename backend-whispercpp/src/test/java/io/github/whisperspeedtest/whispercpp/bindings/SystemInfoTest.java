package io.github.whisperspeedtest.whispercpp.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SystemInfoTest {
    @Test
    void readsFeaturesOfTheFirstReleases() {
        assertThat(SystemInfo.features("AVX = 1 | AVX2 = 1 | AVX512 = 0 | METAL = 0 | BLAS = 1"))
                .containsExactly("AVX", "AVX2", "BLAS");
    }

    @Test
    void readsFeaturesBySection() {
        assertThat(SystemInfo.features(
                        "WHISPER : COREML = 1 | OPENVINO = 0 | MTL : EMBED_LIBRARY = 1 | CPU : SSE3 = 1 | AVX = 0 | "
                                + "OPENMP = 1 | REPACK = 1 | CUDA : ARCHS = 500,610 | USE_GRAPHS = 1 | "))
                .containsExactly("COREML", "MTL EMBED_LIBRARY", "SSE3", "OPENMP", "REPACK", "CUDA USE_GRAPHS");
    }

    @Test
    void unknownTextHasNoFeatures() {
        assertThat(SystemInfo.features("")).isEmpty();
        assertThat(SystemInfo.features("a : b : c = 0")).isEmpty();
    }
}
