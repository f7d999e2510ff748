package io.github.whisperspeedtest.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
    @TempDir
    private Path parent;

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void isReadableForOwnerOnly() throws IOException {
        Path created = parent.resolve("new");
        try (Spool spool = Spool.open(created)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(created)))
                    .isEqualTo("rwx------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(spool.directory())))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void deletesWhatKilledServerLeft() throws IOException {
        Path left = Files.createDirectories(parent.resolve("upload-1"));
        Files.writeString(left.resolve("recording-1"), "left");
        Files.createFile(parent.resolve("upload-1.lock"));
        Path foreign = Files.writeString(parent.resolve("mine.txt"), "not of the server");
        try (Spool spool = Spool.open(parent)) {
            assertThat(left).doesNotExist();
            assertThat(parent.resolve("upload-1.lock")).doesNotExist();
            assertThat(foreign).exists();
            assertThat(spool.directory()).isEmptyDirectory();
        }
    }

    @Test
    void leavesRunningServersAlone() throws IOException {
        try (Spool first = Spool.open(parent)) {
            Path recording = Files.writeString(first.newFile(), "recording");
            try (Spool second = Spool.open(parent)) {
                assertThat(second.directory()).isNotEqualTo(first.directory());
            }
            assertThat(recording).exists();
        }
        try (Stream<Path> files = Files.list(parent)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactly("spool.lock");
        }
    }

    @Test
    void namesDirectoryThatCannotBeUsed() throws IOException {
        Path file = Files.createFile(parent.resolve("file"));
        assertThatThrownBy(() -> Spool.open(file.resolve("spool")))
                .isInstanceOf(WhisperSpeedtestException.class)
                .hasMessageContaining(file.toString());
    }
}
