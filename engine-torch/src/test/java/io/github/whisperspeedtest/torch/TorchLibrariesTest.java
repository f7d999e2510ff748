package io.github.whisperspeedtest.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.model.LibraryStore;
import io.github.whisperspeedtest.system.HostSystem;
import io.github.whisperspeedtest.testkit.TestContexts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
    void refusesMacOsThatIsTooOldForBridge() {
        Map<String, String> sonoma = Map.of("os.name", "Mac OS X", "os.arch", "aarch64", "os.version", "14.7.1");

        assertThatThrownBy(
                        () -> LibraryStore.withProperties(sonoma, () -> TorchLibraries.find(TestContexts.ofEngine())))
                .isInstanceOfSatisfying(
                        RuntimeUnavailableException.class,
                        e -> assertThat(e.reason())
                                .isEqualTo("PyTorch needs macOS 15 or later, and this is macOS 14.7.1"));
    }

    @Test
    void refusesGlibcThatIsTooOldForBridgeOnArm64(@TempDir Path root) throws IOException {
        Files.createDirectories(root.resolve("proc/self"));
        Files.writeString(
                root.resolve("proc/self/maps"),
                "7f1e4c0d2000-7f1e4c0d5000 r--p 00000000 08:01 131 /lib/libc-2.31.so\n");
        Files.createDirectories(root.resolve("lib"));
        Files.writeString(
                root.resolve("lib/libc-2.31.so"),
                "GNU C Library (Debian GLIBC 2.31-13+deb11u11) stable release version 2.31.\n");
        HostSystem bullseye = new HostSystem("Linux", "aarch64", "5.10.0", root, unused -> "");

        assertThatThrownBy(() -> TorchLibraries.requireSystem("linux-aarch64", bullseye))
                .isInstanceOfSatisfying(
                        RuntimeUnavailableException.class,
                        e -> assertThat(e.reason())
                                .isEqualTo("PyTorch needs glibc 2.32 or later, and this system has glibc 2.31"));
        assertThatCode(() -> TorchLibraries.requireSystem("linux-x86_64", bullseye))
                .doesNotThrowAnyException();
    }

    @Test
    void extractsReleaseFromVersion() {
        assertThat(TorchLibraries.release("2.7.1-20250812")).isEqualTo("2.7.1");
        assertThat(TorchLibraries.release("2.7.1")).isEqualTo("2.7.1");
    }
}
