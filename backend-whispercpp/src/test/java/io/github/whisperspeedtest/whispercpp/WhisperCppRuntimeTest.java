package io.github.whisperspeedtest.whispercpp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.model.LibraryStore;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.process.ChildOutcome;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.testkit.TestContexts;
import io.github.whisperspeedtest.whispercpp.bindings.BundledLibraries;
import io.github.whisperspeedtest.whispercpp.bindings.LibraryFiles;
import io.github.whisperspeedtest.whispercpp.bindings.LibraryFinder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Tag("processes")
class WhisperCppRuntimeTest {
    @TempDir
    private Path directory;

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
        Path own = copyOfBundled();
        assertThat(ask(libraries(own)).first())
                .isInstanceOfSatisfying(
                        Availability.Available.class,
                        available -> assertThat(available.runtime()).isEqualTo("whisper.cpp 1.7.1 (" + own + ")"));
    }

    @Test
    void explainsLibraryThatDoesNotLoad() throws IOException {
        Files.writeString(directory.resolve("libwhisper.so"), "not a library");
        RuntimeTask.Answer answer = ask(libraries(directory));
        assertThat(answer.first()).isInstanceOfSatisfying(Availability.Unavailable.class, missing -> {
            assertThat(missing.reason())
                    .contains(directory.resolve("libwhisper.so").toString(), "cannot be loaded")
                    .doesNotContain("resource path", "\n");
            assertThat(missing.remedy()).contains(LibraryFinder.DIRECTORY_VARIABLE);
        });
        assertThat(answer.second()).as("the cause is the same").isEqualTo(answer.first());
    }

    @Test
    void reportsDirectoryWithoutLibrary() {
        assertThat(ask(libraries(directory)).first())
                .isInstanceOfSatisfying(
                        Availability.Unavailable.class,
                        missing -> assertThat(missing.reason()).contains(directory.toString(), "libwhisper.so"));
    }

    @Test
    void refusesLibraryWithoutAFunction() throws IOException {
        Path own = copyOfBundled();
        patch(own, "whisper_full_lang_id\0", "whisper_full_lang_iX\0");
        assertThat(problem(own)).contains("lacks the functions whisper_full_lang_id");
    }

    @Test
    @EnabledOnOs(architectures = "amd64")
    void refusesLibraryWithAnotherDefault() throws IOException {
        // 100 as a float; it is the default of grammar_penalty, the last field of 1.7.1.
        Path own = copyOfBundled();
        patch(own, "\0\0\u00C8B", "\0\0\u00CAB");
        assertThat(problem(own))
                .contains(
                        "is whisper.cpp 1.7.1 and has an unknown layout of parameters",
                        "grammar_penalty at byte 256 is 101.0 instead of 100.0");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void refusesLibraryOfAnotherProcessor() throws IOException {
        Path own = copyOfBundled();
        Path library = own.resolve("libwhisper.so.1");
        byte[] bytes = Files.readAllBytes(library);
        // e_machine of the ELF header: MIPS.
        bytes[18] = 8;
        Files.write(library, bytes);
        assertThat(problem(own)).contains("cannot be loaded", library.toString());
    }

    /** A library is probed in a JVM of its own, whose report is kept. */
    @Test
    void keepsTheReportUntilTheFilesChange() throws IOException {
        Path own = copyOfBundled();
        assertThat(ask(libraries(own), "-D" + ToolHome.HOME_PROPERTY + "=" + directory)
                        .first())
                .isInstanceOf(Availability.Available.class);
        List<Path> reports = reports();
        assertThat(reports).hasSize(1);
        Files.writeString(
                reports.get(0),
                Files.readString(reports.get(0)).replace("\"version\":\"1.7.1\"", "\"version\":\"9.9.9\""));
        assertThat(runtime(own)).contains("9.9.9");
        Files.setLastModifiedTime(
                own.resolve(Path.of(System.mapLibraryName("ggml"))), FileTime.from(Instant.ofEpochSecond(1)));
        assertThat(runtime(own)).contains("1.7.1");
    }

    private String runtime(Path own) {
        return ((Availability.Available) ask(libraries(own), "-D" + ToolHome.HOME_PROPERTY + "=" + directory)
                        .first())
                .runtime();
    }

    private List<Path> reports() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.getParent().endsWith("libraries")
                            && file.toString().endsWith(".json"))
                    .toList();
        }
    }

    private Path copyOfBundled() throws IOException {
        LibraryFiles bundled =
                BundledLibraries.unpack(new LibraryStore(TestContexts.ofEngine().nativeLibraries()));
        Path copy = Files.createDirectory(directory.resolve("own"));
        for (Path file : bundled.all()) {
            Files.copy(file, copy.resolve(file.getFileName()));
        }
        return copy;
    }

    /** Replaces bytes of the whisper library wherever they are. */
    private static void patch(Path own, String from, String to) throws IOException {
        Path library = LibraryFiles.in(own).orElseThrow().whisper();
        String bytes = Files.readString(library, StandardCharsets.ISO_8859_1);
        assertThat(bytes).contains(from);
        Files.writeString(library, bytes.replace(from, to), StandardCharsets.ISO_8859_1);
    }

    private static String problem(Path own) {
        Availability availability = ask(libraries(own)).first();
        assertThat(availability).isInstanceOf(Availability.Unavailable.class);
        return ((Availability.Unavailable) availability).reason();
    }

    private static String libraries(Path libraries) {
        return "-D" + LibraryFinder.DIRECTORY_PROPERTY + "=" + libraries;
    }

    private static RuntimeTask.Answer ask(String... arguments) {
        ChildOutcome<RuntimeTask.Answer> outcome =
                ChildJvm.builder().jvmArguments(List.of(arguments)).build().run(RuntimeTask.class, "");
        assertThat(outcome).as(outcome.describe()).isInstanceOf(ChildOutcome.Completed.class);
        return ((ChildOutcome.Completed<RuntimeTask.Answer>) outcome).value();
    }
}
