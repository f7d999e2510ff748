package io.github.whisperspeedtest.whispercpp.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.whispercpp.bindings.BundledLibraries.Bundle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BundledLibrariesTest {
    /** From an Intel Core i5-5250U. */
    private static final String INTEL_MAC =
            "FPU VME DE PSE TSC MSR PAE MCE CX8 APIC SSE SSE2 SS HTT SSE3 PCLMULQDQ SSSE3 FMA CX16 SSE4.1 SSE4.2 AES AVX1.0 RDRAND F16C";

    @ParameterizedTest
    @CsvSource({
        "Linux,    amd64,   flags: avx avx2 fma f16c, debian-amd64, libggml+mf16c+mfma+mavx+mavx2.so",
        "Linux,    amd64,   flags: sse2 avx,          debian-amd64, libggml.so",
        "Linux,    x86_64,  '',                       debian-amd64, libggml.so",
        "Linux,    aarch64, Features: fp fphp crc32,  debian-arm64, libggml+fp16.so",
        "Linux,    aarch64, Features: fp crc32,       debian-arm64, libggml+crc.so",
        "Mac OS X, aarch64, '',                       macos-arm64,  libggml.dylib",
        "Mac OS X, x86_64,  '',                       macos-amd64,  libggml.dylib",
    })
    void choosesFilesThatExistInJar(String os, String arch, String cpuInfo, String folder, String ggml) {
        Bundle bundle = Bundle.of(os, arch, cpuInfo);
        assertThat(bundle.folder()).isEqualTo(folder);
        assertThat(bundle.ggml()).isEqualTo(ggml);
        for (String file : new String[] {bundle.ggml(), bundle.whisper()}) {
            assertThat(getClass().getClassLoader().getResource(folder + "/" + file))
                    .as(folder + "/" + file)
                    .isNotNull();
        }
    }

    @ParameterizedTest
    @CsvSource({"Windows 11, amd64", "Linux, riscv64", "SunOS, sparcv9"})
    void namesUnsupportedPlatform(String os, String arch) {
        assertThatThrownBy(() -> Bundle.of(os, arch, ""))
                .isInstanceOfSatisfying(RuntimeUnavailableException.class, e -> {
                    assertThat(e.reason()).contains(os, arch);
                    assertThat(e.remedy()).contains("Linux or macOS").doesNotContain("libgomp1");
                });
    }

    @Test
    void acceptsIntelMacWithAvx2() {
        assertThat(Bundle.of("Mac OS X", "x86_64", INTEL_MAC + "\nBMI1 AVX2 SMEP BMI2")
                        .folder())
                .isEqualTo("macos-amd64");
    }

    @ParameterizedTest
    @CsvSource({"FPU SSE4.2 AVX1.0 F16C, 'AVX2, FMA'", "FPU SSE4.2, 'AVX1.0, AVX2, FMA, F16C'"})
    void refusesIntelMacWithoutAvx2(String features, String missing) {
        assertThatThrownBy(() -> Bundle.of("Mac OS X", "x86_64", features))
                .isInstanceOfSatisfying(RuntimeUnavailableException.class, e -> {
                    assertThat(e.reason()).contains("AVX2").endsWith("this processor lacks " + missing);
                    assertThat(e.remedy()).contains(LibraryFinder.DIRECTORY_VARIABLE);
                });
    }

    /** The library for older processors has no instruction of AVX or later. */
    @Test
    void linuxNeedsNoAvx() {
        assertThat(Bundle.of("Linux", "amd64", "flags : sse2 ssse3").ggml()).isEqualTo("libggml.so");
    }

    @Test
    void separatesVariantsOfOnePlatform() {
        assertThat(Bundle.of("Linux", "amd64", "avx avx2 fma f16c").id())
                .isNotEqualTo(Bundle.of("Linux", "amd64", "").id())
                .matches("[a-z0-9-]+");
    }
}
