package io.github.whisperspeedtest.whispercpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WhisperCppSourceTest {
    private static final String PROJECT = "project(\"whisper.cpp\" C CXX)\n";

    @TempDir
    private Path directory;

    @Test
    void readsVersionOfProject() throws IOException {
        write("cmake_minimum_required(VERSION 3.5)\n" + PROJECT + "project(\"whisper.cpp\" VERSION 1.7.1)\n");

        assertThat(WhisperCppSource.of(directory).release()).hasToString("1.7.1");
        assertThat(WhisperCppSource.of(directory).directory()).isEqualTo(directory.toRealPath());
    }

    @Test
    void readsPartsOfVersion() throws IOException {
        write(PROJECT
                + "# set(WHISPER_VERSION_MINOR 1)\nset(WHISPER_VERSION_MAJOR 1)\nset(WHISPER_VERSION_MINOR 10)\n"
                + "set(WHISPER_VERSION_PATCH 0)\nset(WHISPER_VERSION_BASE \"${WHISPER_VERSION_MAJOR}\")\n");

        assertThat(WhisperCppSource.of(directory).release()).hasToString("1.10.0");
    }

    @Test
    void rejectsOlderVersion() throws IOException {
        write(PROJECT + "project(\"whisper.cpp\" VERSION 1.7.0)\n");

        assertRejected(directory + " has whisper.cpp 1.7.0, which is too old");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "project(\"llama.cpp\" VERSION 1.9.3)\n",
                "# project(\"whisper.cpp\" VERSION 1.9.3)\n",
                "project(\"whisper.cpp\" VERSION 99999.9.3)\n",
                "project(\"whisper.cpp\" C)\nset(WHISPER_VERSION_MAJOR 1)\n"
            })
    void rejectsOtherProjects(String text) throws IOException {
        write(text);

        assertRejected(directory.resolve("CMakeLists.txt").toString());
    }

    @Test
    void rejectsIncompleteDirectories() throws IOException {
        assertRejected("Cannot read " + directory.resolve("CMakeLists.txt") + " (no such file or directory)");
        Files.writeString(directory.resolve("CMakeLists.txt"), PROJECT);
        assertRejected(directory + " has no file include/whisper.h");
        assertThatThrownBy(() -> WhisperCppSource.of(directory.resolve("absent")))
                .hasMessageContaining("absent is not a directory");
    }

    @Test
    void rejectsHugeFile() throws IOException {
        write(PROJECT + "project(\"whisper.cpp\" VERSION 1.9.3)\n" + "#".repeat(1 << 20));

        assertRejected("is larger than 1 MiB");
    }

    private void assertRejected(String message) {
        assertThatThrownBy(() -> WhisperCppSource.of(directory))
                .isInstanceOfSatisfying(
                        WhisperSpeedtestException.class,
                        e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContaining(message)
                .hasMessageEndingWith("Expected the source code of whisper.cpp 1.7.1 or later, such as a clone of"
                        + " https://github.com/ggml-org/whisper.cpp.");
    }

    private void write(String text) throws IOException {
        Files.writeString(directory.resolve("CMakeLists.txt"), text);
        Files.createDirectories(directory.resolve("include"));
        Files.createFile(directory.resolve("include/whisper.h"));
    }
}
