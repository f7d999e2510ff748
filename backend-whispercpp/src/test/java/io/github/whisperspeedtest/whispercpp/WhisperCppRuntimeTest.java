package io.github.whisperspeedtest.whispercpp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.process.ChildOutcome;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.testkit.TestContexts;
import io.github.whisperspeedtest.whispercpp.bindings.NativeLibraries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("processes")
class WhisperCppRuntimeTest {
    @TempDir
    private Path directory;

    @Test
    void readsCpuFeatures() {
        assertThat(WhisperCppRuntime.features("AVX = 1 | AVX2 = 1 | AVX512 = 0 | METAL = 0 | BLAS = 1"))
                .containsExactly("AVX", "AVX2", "BLAS");
    }

    @Test
    void unpacksBundledLibrariesAndRepairsDamagedOne() throws IOException {
        String home = "-D" + ToolHome.HOME_PROPERTY + "=" + directory;
        assertThat(ask(home).first()).isInstanceOf(Availability.Available.class);
        Path library;
        try (Stream<Path> files = Files.walk(directory)) {
            library = files.filter(file -> file.endsWith("libwhisper.so.1") || file.endsWith("libwhisper.1.dylib"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] whole = Files.readAllBytes(library);
        for (int length : new int[] {100, whole.length}) {
            Files.write(library, new byte[length]);
            assertThat(ask(home).first()).isInstanceOf(Availability.Available.class);
            assertThat(library).hasBinaryContent(whole);
        }
        try (Stream<Path> files = Files.list(library.getParent())) {
            assertThat(files).as("libraries, and nothing left over").hasSize(2);
        }
    }

    @Test
    void namesHomeIfUnpackingFails() throws IOException {
        Path home = Files.writeString(directory.resolve("home"), "a file where a directory should be");
        assertThat(ask("-D" + ToolHome.HOME_PROPERTY + "=" + home).first())
                .isInstanceOfSatisfying(Availability.Unavailable.class, missing -> {
                    assertThat(missing.reason()).contains(home.toString());
                    assertThat(missing.remedy())
                            .contains(ToolHome.HOME_VARIABLE)
                            .doesNotContain("libgomp1");
                });
    }

    @Test
    void usesUserLibrary() throws IOException {
        NativeLibraries bundled = NativeLibraries.find(TestContexts.ofEngine());
        assertThat(ask(libraries(bundled.directory())).first())
                .isInstanceOfSatisfying(
                        Availability.Available.class,
                        available -> assertThat(available.runtime())
                                .startsWith("whisper.cpp, own build in " + bundled.directory()));
    }

    @Test
    void explainsLibraryThatDoesNotLoad() throws IOException {
        Files.writeString(directory.resolve("libwhisper.so"), "not a library");
        RuntimeTask.Answer answer = ask(libraries(directory));
        assertThat(answer.first()).isInstanceOfSatisfying(Availability.Unavailable.class, missing -> {
            assertThat(missing.reason())
                    .contains(directory.resolve("libwhisper.so").toString());
            assertThat(missing.remedy()).contains(NativeLibraries.DIRECTORY_VARIABLE, "1.7.1");
        });
        assertThat(answer.second()).as("the cause is kept").isEqualTo(answer.first());
    }

    @Test
    void reportsDirectoryWithoutLibrary() {
        assertThat(ask(libraries(directory)).first())
                .isInstanceOfSatisfying(
                        Availability.Unavailable.class,
                        missing -> assertThat(missing.reason()).contains(directory.toString(), "libwhisper.so"));
    }

    private static String libraries(Path libraries) {
        return "-D" + NativeLibraries.DIRECTORY_PROPERTY + "=" + libraries;
    }

    private static RuntimeTask.Answer ask(String argument) {
        ChildOutcome<RuntimeTask.Answer> outcome =
                ChildJvm.builder().jvmArguments(List.of(argument)).build().run(RuntimeTask.class, "");
        assertThat(outcome).as(outcome.describe()).isInstanceOf(ChildOutcome.Completed.class);
        return ((ChildOutcome.Completed<RuntimeTask.Answer>) outcome).value();
    }
}
