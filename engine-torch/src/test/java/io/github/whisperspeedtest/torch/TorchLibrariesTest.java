package io.github.whisperspeedtest.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TorchLibrariesTest {
    @ParameterizedTest
    @CsvSource({
        "Linux,      amd64,   linux-x86_64,  libdjl_torch.so",
        "Linux,      aarch64, linux-aarch64, libdjl_torch.so",
        "Mac OS X,   aarch64, osx-aarch64,   libdjl_torch.dylib",
        "Windows 11, amd64,   win-x86_64,    djl_torch.dll",
    })
    void namesSupportedPlatforms(String os, String arch, String classifier, String bridge) {
        assertThat(TorchLibraries.classifier(os, arch, "")).isEqualTo(classifier);
        assertThat(getClass().getClassLoader().getResource("jnilib/" + classifier + "/cpu/" + bridge))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource({"Mac OS X, x86_64", "Windows 11, aarch64", "Linux, riscv64", "SunOS, sparcv9"})
    void namesUnsupportedPlatform(String os, String arch) {
        assertThatThrownBy(() -> TorchLibraries.classifier(os, arch, ""))
                .isInstanceOfSatisfying(RuntimeUnavailableException.class, e -> {
                    assertThat(e.reason()).contains(os, arch);
                    assertThat(e.remedy()).contains("macOS on Apple silicon");
                });
    }

    @Test
    void reportsMissingMuslBuild() {
        String map = "7f1e4c0d2000-7f1e4c0d5000 r--p 00000000 08:01 131 /lib/ld-musl-x86_64.so.1\n";
        assertThatThrownBy(() -> TorchLibraries.classifier("Linux", "amd64", map))
                .isInstanceOfSatisfying(
                        RuntimeUnavailableException.class,
                        e -> assertThat(e.reason()).contains("musl"));
    }

    @Test
    void extractsReleaseFromVersion() {
        assertThat(TorchLibraries.release("2.7.1-20250812")).isEqualTo("2.7.1");
        assertThat(TorchLibraries.release("2.7.1")).isEqualTo("2.7.1");
    }
}
