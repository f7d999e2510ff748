package io.github.whisperspeedtest.onnx.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtEnvironment;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.model.LibraryStore;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.ImplementationContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnnxLibrariesTest {
    private static final int LC_BUILD_VERSION = 0x32;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"linux-x64/libonnxruntime.so", "linux-aarch64/libonnxruntime.so", "osx-aarch64/libonnxruntime.dylib"})
    void bundledLibrariesHaveNoTelemetry(String library) throws IOException {
        Path file = directory.resolve("library");
        try (InputStream in = OrtEnvironment.class.getResourceAsStream("native/" + library)) {
            Files.copy(in, file);
        }
        assertThat(file).isNotEmptyFile();
        assertThatCode(() -> OnnxLibraries.refuseTelemetry(file, null)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "20, 1", "4096, 4096", "70000, 3"})
    void rejectsLibraryWithTelemetryUnlessDisabled(int before, int after) throws IOException {
        Path library = directory.resolve("libonnxruntime.so");
        String content = "Y".repeat(before) + OnnxLibraries.NO_TELEMETRY_VARIABLE + "Y".repeat(after);
        Files.writeString(library, content, StandardCharsets.ISO_8859_1);
        for (String setting : new String[] {null, "", "0", "true"}) {
            assertThatThrownBy(() -> OnnxLibraries.refuseTelemetry(library, setting))
                    .isInstanceOf(RuntimeUnavailableException.class)
                    .hasMessageContainingAll(
                            "telemetry", library.toString(), "onnxruntime:1.28.0", "ORT_DISABLE_TELEMETRY=1");
        }
        assertThatCode(() -> OnnxLibraries.refuseTelemetry(library, "1")).doesNotThrowAnyException();
    }

    @Test
    void refusesMacOsThatIsTooOldBeforeItUnpacksAnything() {
        Map<String, String> ventura = Map.of("os.name", "Mac OS X", "os.arch", "aarch64", "os.version", "13.7.1");
        ImplementationContext context = new ImplementationContext(directory, directory, directory, Settings.none());

        assertThatThrownBy(() -> LibraryStore.withProperties(ventura, () -> OnnxLibraries.find(context)))
                .isInstanceOfSatisfying(RuntimeUnavailableException.class, e -> {
                    assertThat(e.reason()).isEqualTo("ONNX Runtime needs macOS 14 or later, and this is macOS 13.7.1");
                    assertThat(e.remedy()).contains("Update macOS");
                });
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void findsWhatTheLibrarySaysAboutItsBuild() throws IOException {
        Path library = directory.resolve(System.mapLibraryName("onnxruntime"));
        String info = "git-commit-id=da9b5e364c, build type=Release";
        Files.writeString(
                library, "\0".repeat(5000) + "ORT Build Info: " + info + "\0more", StandardCharsets.ISO_8859_1);
        assertThat(OnnxLibraries.buildInfo(directory)).isEqualTo(info);
        Files.writeString(library, "ORT Build Info: " + info, StandardCharsets.ISO_8859_1);
        assertThat(OnnxLibraries.buildInfo(directory)).isEqualTo(info);
        Files.writeString(library, "ORT", StandardCharsets.ISO_8859_1);
        assertThat(OnnxLibraries.buildInfo(directory)).isEmpty();
    }

    @Test
    void acceptsVeryShortLibrary() throws IOException {
        Path library = Files.writeString(directory.resolve("libonnxruntime.so"), "ORT");
        assertThatCode(() -> OnnxLibraries.refuseTelemetry(library, null)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "1.9.0, true",
        "1.17.3, true",
        "1.28.0, true",
        "1.29.0, false",
        "1.30.1, false",
        "2.0.0, false",
        ", false"
    })
    void knowsVersionsWithoutTelemetry(String version, boolean free) {
        assertThat(OnnxLibraries.isFreeOfTelemetry(version)).isEqualTo(free);
    }

    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, linux-x64",
        "Linux, aarch64, linux-aarch64",
        "Mac OS X, aarch64, osx-aarch64",
        "Mac OS X, x86_64, osx-x64",
        "Windows 11, amd64, win-x64"
    })
    void namesPlatformsLikeTheJar(String os, String arch, String platform) {
        assertThat(OnnxLibraries.platform(os, arch)).isEqualTo(platform);
    }

    /** What the requirement is taken from: the load commands of the libraries in the jar. */
    @ParameterizedTest
    @CsvSource({"libonnxruntime.dylib", "libonnxruntime4j_jni.dylib"})
    void librariesForMacOsAreMadeForTheOldest(String library) throws IOException {
        try (InputStream in = OrtEnvironment.class.getResourceAsStream("native/osx-aarch64/" + library)) {
            // The header and its load commands: <mach-o/loader.h>.
            ByteBuffer bytes = ByteBuffer.wrap(in.readNBytes(1 << 16)).order(ByteOrder.LITTLE_ENDIAN);
            int command = 32;
            while (bytes.getInt(command) != LC_BUILD_VERSION) {
                command += bytes.getInt(command + 4);
            }
            assertThat(bytes.getInt(command + 12) >> 16).isEqualTo(14);
        }
        assertThat(OrtEnvironment.class.getResource("native/osx-x64/" + library))
                .isNull();
    }
}
