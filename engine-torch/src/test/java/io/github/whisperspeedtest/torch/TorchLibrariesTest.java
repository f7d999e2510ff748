package io.github.whisperspeedtest.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.system.HostSystem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

    /** The bridge needs the newest C library of all files. */
    @ParameterizedTest
    @CsvSource({"linux-aarch64, 2.32", "linux-x86_64, 2.29"})
    void statesMinimumOfLinuxLibraries(String classifier, String needed) throws IOException {
        Set<String> symbols = new TreeSet<>();
        Matcher versions = Pattern.compile("GLIBC_2\\.(\\d+)").matcher(bridge(classifier));
        while (versions.find()) {
            symbols.add(versions.group(1).length() < 2 ? "0" + versions.group(1) : versions.group(1));
        }
        String newest = "2." + symbols.stream().reduce((a, b) -> b).orElseThrow();
        assertThat(needed).isGreaterThanOrEqualTo(newest);
        assertThat(TorchLibraries.remedyOf(classifier)).contains("glibc " + needed + " ");
        if (classifier.equals("linux-aarch64")) {
            assertThat(newest).isEqualTo(needed);
        }
    }

    /** Source of the layout: {@code mach-o/loader.h}. */
    @Test
    void statesMinimumOfMacLibraries() throws IOException {
        ByteBuffer file = ByteBuffer.wrap(bridge("osx-aarch64").getBytes(StandardCharsets.ISO_8859_1))
                .order(ByteOrder.LITTLE_ENDIAN);
        assertThat(file.getInt(0)).as("64 bits").isEqualTo(0xfeedfacf);
        int position = 32;
        while (file.getInt(position) != 0x32) {
            position += file.getInt(position + 4);
        }
        int minimum = file.getInt(position + 12);
        assertThat(TorchLibraries.remedyOf("osx-aarch64")).contains("macOS " + (minimum >> 16) + " or later");
    }

    private String bridge(String classifier) throws IOException {
        String name = "jnilib/" + classifier + "/cpu/libdjl_torch" + (classifier.startsWith("osx") ? ".dylib" : ".so");
        try (InputStream in = getClass().getClassLoader().getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void refusesMacOsThatIsTooOldForBridge() {
        HostSystem sonoma = new HostSystem("Mac OS X", "aarch64", "14.7.1", Path.of("/"), unused -> "");

        assertThatThrownBy(() -> TorchLibraries.requireSystem("osx-aarch64", sonoma))
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
