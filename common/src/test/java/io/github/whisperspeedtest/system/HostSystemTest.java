package io.github.whisperspeedtest.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostSystemTest {
    private static final String MAC = "Mac OS X";

    @TempDir
    private Path root;

    private final List<List<String>> commands = new ArrayList<>();

    @Test
    void namesTranslatedJvm() {
        HostSystem system = mac("x86_64", "14.5", Map.of("sysctl.proc_translated", "1"));

        assertThat(system.translation()).hasValueSatisfying(problem -> {
            assertThat(problem.reason()).contains("This Java is for Intel processors");
            assertThat(problem.remedy()).contains("ARM64").contains("JDK 17").contains("JAVA_HOME");
        });
        assertThatThrownBy(system::requireNative)
                .isInstanceOf(RuntimeUnavailableException.class)
                .hasMessageContaining("This Java is for Intel processors");
        assertThatThrownBy(() -> system.requireMacOs("ONNX Runtime", 14))
                .as("more helpful than the version")
                .hasMessageContaining("This Java is for Intel processors");
    }

    @Test
    void intelMacIsNotTranslated() {
        assertThat(mac("x86_64", "12.7", Map.of()).translation()).isEmpty();
        assertThat(mac("x86_64", "12.7", Map.of("sysctl.proc_translated", "0")).translation())
                .isEmpty();
    }

    @Test
    void asksOnlyJvmsForIntelOnMacs() {
        assertThat(mac("aarch64", "14.5", Map.of("sysctl.proc_translated", "1")).translation())
                .isEmpty();
        assertThat(system("Linux", "amd64", "6.1", Map.of("sysctl.proc_translated", "1"))
                        .translation())
                .isEmpty();
        assertThat(commands).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"13.6.1, 14", "10.15.7, 14", "14.7, 15"})
    void refusesOlderMacOs(String version, int needed) {
        assertThatThrownBy(() -> mac("aarch64", version, Map.of()).requireMacOs("ONNX Runtime", needed))
                .isInstanceOfSatisfying(RuntimeUnavailableException.class, e -> {
                    assertThat(e.reason())
                            .isEqualTo(
                                    "ONNX Runtime needs macOS " + needed + " or later, and this is macOS " + version);
                    assertThat(e.remedy()).contains("Update macOS");
                });
    }

    /** Programs that were built before macOS 26 see it as 16. */
    @ParameterizedTest
    @ValueSource(strings = {"14.0", "14", "15.1.1", "16.0", "26.2", "10.16", "", "unknown"})
    void acceptsNewerAndUnknownMacOs(String version) {
        assertThatCode(() -> mac("aarch64", version, Map.of()).requireMacOs("ONNX Runtime", 14))
                .doesNotThrowAnyException();
    }

    @Test
    void versionOfLinuxIsNotThatOfMacOs() {
        assertThatCode(() -> system("Linux", "aarch64", "5.10.0", Map.of()).requireMacOs("ONNX Runtime", 14))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "lib/aarch64-linux-gnu/libc-2.31.so, GNU C Library (Debian GLIBC 2.31-13+deb11u11) release version 2.31., 31",
        "usr/lib/aarch64-linux-gnu/libc.so.6, GNU C Library (Ubuntu GLIBC 2.35-0ubuntu3.8) stable release version 2.35., 35",
        "usr/lib64/libc.so.6, GNU C Library (GNU libc) stable release version 2.39., 39",
    })
    void comparesMappedGlibc(String file, String banner, int version) throws IOException {
        map(file, "\u007fELF\0\u00e4" + banner + "\nCopyright (C) Free Software Foundation, Inc.\0");
        HostSystem linux = system("Linux", "aarch64", "5.10.0", Map.of());

        assertThatCode(() -> linux.requireGlibc("PyTorch", version)).doesNotThrowAnyException();
        assertThatThrownBy(() -> linux.requireGlibc("PyTorch", version + 1))
                .isInstanceOfSatisfying(RuntimeUnavailableException.class, e -> {
                    assertThat(e.reason())
                            .isEqualTo("PyTorch needs glibc 2." + (version + 1)
                                    + " or later, and this system has glibc 2." + version);
                    assertThat(e.remedy()).contains("newer Linux");
                });
    }

    @Test
    void systemsWithoutGlibcAreNotRefused() throws IOException {
        HostSystem linux = system("Linux", "aarch64", "5.10.0", Map.of());
        assertThatCode(() -> linux.requireGlibc("PyTorch", 99)).doesNotThrowAnyException();
        map("lib/ld-musl-aarch64.so.1", "musl");
        assertThatCode(() -> linux.requireGlibc("PyTorch", 99)).doesNotThrowAnyException();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void findsGlibcOfThisProcess() throws IOException {
        boolean musl = Files.readString(Path.of("/proc/self/maps")).contains("/ld-musl-");
        if (musl) {
            assertThatCode(() -> HostSystem.current().requireGlibc("PyTorch", 9999))
                    .doesNotThrowAnyException();
        } else {
            assertThatThrownBy(() -> HostSystem.current().requireGlibc("PyTorch", 9999))
                    .hasMessageContaining("this system has glibc 2.");
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 8, 8", "2, 4, 4", "3, 6, 6"})
    void countsFastCoresOfApple(String levels, String fast, int expected) {
        assertThat(mac("aarch64", "15.1", Map.of("hw.nperflevels", levels, "hw.perflevel0.physicalcpu", fast))
                        .performanceCores())
                .hasValue(expected);
    }

    @Test
    void machinesWithOneKindOfCoresHaveNoFastOnes() {
        assertThat(mac("x86_64", "14.5", Map.of("hw.nperflevels", "1", "hw.perflevel0.physicalcpu", "6"))
                        .performanceCores())
                .isEmpty();
        assertThat(mac("x86_64", "11.7", Map.of()).performanceCores()).isEmpty();
        assertThat(mac("aarch64", "15.1", Map.of("hw.nperflevels", "2", "hw.perflevel0.physicalcpu", "0"))
                        .performanceCores())
                .isEmpty();
        commands.clear();
        assertThat(system("Linux", "aarch64", "6.1", Map.of("hw.nperflevels", "2", "hw.perflevel0.physicalcpu", "4"))
                        .performanceCores())
                .isEmpty();
        assertThat(commands).isEmpty();
    }

    @Test
    void listsFeaturesOfProcessor() throws IOException {
        assertThat(mac(
                                "x86_64",
                                "12.7",
                                Map.of(
                                        "machdep.cpu.features", "FPU SSE FMA AVX1.0 F16C",
                                        "machdep.cpu.leaf7_features", "BMI1 AVX2 SMEP"))
                        .processorFeatures())
                .isEqualTo("FPU SSE FMA AVX1.0 F16C\nBMI1 AVX2 SMEP");
        commands.clear();
        assertThat(mac("aarch64", "15.1", Map.of()).processorFeatures()).isEmpty();
        Files.createDirectories(root.resolve("proc"));
        Files.writeString(root.resolve("proc/cpuinfo"), "flags\t\t: fpu avx2\n");
        assertThat(system("Linux", "amd64", "6.1", Map.of()).processorFeatures())
                .isEqualTo("flags\t\t: fpu avx2\n");
        assertThat(commands).isEmpty();
    }

    @Test
    void namesProcessor() throws IOException {
        assertThat(mac("aarch64", "15.1", Map.of("machdep.cpu.brand_string", "Apple M4"))
                        .processorName())
                .isEqualTo("Apple M4");
        HostSystem linux = system("Linux", "amd64", "6.1", Map.of());
        assertThat(linux.processorName()).isEmpty();
        Files.createDirectories(root.resolve("proc"));
        Files.writeString(
                root.resolve("proc/cpuinfo"),
                "model\t\t: 2\nmodel name\t: AMD EPYC 9655\ncache\t: 1\n\nmodel name\t: AMD EPYC 9655\n");
        assertThat(linux.processorName()).isEqualTo("AMD EPYC 9655");
        Files.writeString(root.resolve("proc/cpuinfo"), "CPU implementer\t: 0x41\nCPU part\t: 0xd40\n");
        assertThat(linux.processorName()).isEqualTo("0x41 0xd40");
    }

    private void map(String file, String content) throws IOException {
        Path library = root.resolve(file);
        Files.createDirectories(library.getParent());
        Files.write(library, content.getBytes(StandardCharsets.ISO_8859_1));
        Files.createDirectories(root.resolve("proc/self"));
        Files.writeString(root.resolve("proc/self/maps"), """
                aaaad0000000-aaaad0001000 r-xp 00000000 fe:01 1234 /usr/lib/jvm/java-17/bin/java
                ffff80000000-ffff80180000 r-xp 00000000 fe:01 2345                       /%s
                ffff90000000-ffff90001000 rw-p 00000000 00:00 0                          [stack]
                """.formatted(file));
    }

    private HostSystem mac(String architecture, String version, Map<String, String> keys) {
        return system(MAC, architecture, version, keys);
    }

    /** Answers as {@code sysctl -i -n}: nothing for unknown keys. */
    private HostSystem system(String name, String architecture, String version, Map<String, String> keys) {
        return new HostSystem(name, architecture, version, root, command -> {
            commands.add(command);
            assertThat(command).startsWith("/usr/sbin/sysctl", "-i", "-n");
            StringBuilder output = new StringBuilder();
            for (String key : command.subList(3, command.size())) {
                if (keys.containsKey(key)) {
                    output.append(keys.get(key)).append('\n');
                }
            }
            return output.toString();
        });
    }
}
