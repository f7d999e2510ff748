package io.github.whisperspeedtest.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class FilesTest {
    @TempDir
    private Path directory;

    @Test
    void replacesFileAndLeavesNoTemporaryFiles() throws IOException {
        Path file = directory.resolve("deep/results.json");
        AtomicFiles.write(file, "first".getBytes(StandardCharsets.UTF_8));
        AtomicFiles.write(file, "second".getBytes(StandardCharsets.UTF_8));
        assertThat(file).content().isEqualTo("second");
        try (Stream<Path> files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }

    /** 255 bytes in UTF-8, the maximum length of a file name on Linux. */
    @Test
    void writesFileWithMaximumNameLength() throws IOException {
        Path file = directory.resolve("あ".repeat(84) + "abc");
        AtomicFiles.write(file, "content".getBytes(StandardCharsets.UTF_8));
        assertThat(file).content().isEqualTo("content");
        assertThat(AtomicFiles.hiddenName()).as("a name for eCryptfs").hasSizeLessThan(143 - ".partial".length());
    }

    @Test
    void deletesRegisteredFilesOnExit() throws IOException {
        AtomicFiles.replace(directory.resolve("file"), partial -> {
            Files.writeString(partial, "half");
            TemporaryPaths.deleteAll();
            assertThat(partial).doesNotExist();
            Files.writeString(partial, "whole");
        });
        TemporaryPaths.deleteAll();
        assertThat(directory.resolve("file")).hasContent("whole");
    }

    @Test
    void describesIoFailures() throws IOException {
        Path file = directory.resolve("x".repeat(300));
        assertThatThrownBy(() -> AtomicFiles.write(file, new byte[1]))
                .isInstanceOfSatisfying(
                        IOException.class,
                        failure -> assertThat(DiskErrors.reason(failure)).isEqualTo("File name too long"));
        assertThat(DiskErrors.reason(new AccessDeniedException("secret"))).isEqualTo("permission denied");
        assertThat(DiskErrors.reason(new IOException("No space left on device")))
                .isEqualTo("No space left on device");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void createsFilesWithDefaultPermissions() throws IOException {
        Path atomic = directory.resolve("atomic");
        AtomicFiles.write(atomic, new byte[0]);
        Path plain = Files.createFile(directory.resolve("plain"));
        assertThat(Files.getPosixFilePermissions(atomic)).isEqualTo(Files.getPosixFilePermissions(plain));
    }

    @Test
    void writesThroughSymbolicLink() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "first");
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        AtomicFiles.write(link, "second".getBytes(StandardCharsets.UTF_8));
        assertThat(link).isSymbolicLink();
        assertThat(file).content().isEqualTo("second");
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void writesIntoPipeInsteadOfReplacingIt() throws Exception {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Process reader = new ProcessBuilder("cat", pipe.toString()).start();
        AtomicFiles.write(pipe, "content".getBytes(StandardCharsets.UTF_8));
        assertThat(reader.getInputStream().readAllBytes()).asString().isEqualTo("content");
        assertThat(Files.readAttributes(pipe, BasicFileAttributes.class).isOther())
                .isTrue();
    }

    @Test
    void leavesNoTemporaryFilesOnFailure() throws IOException {
        Path occupied = Files.createDirectories(directory.resolve("occupied/by-a-directory"));
        assertThatThrownBy(() -> AtomicFiles.write(occupied.getParent(), new byte[1]))
                .isInstanceOf(IOException.class);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(occupied.getParent());
        }
    }

    @Test
    void deletesTreeWithoutFollowingLinks() throws IOException {
        Path kept = Files.createDirectories(directory.resolve("kept"));
        Files.createFile(kept.resolve("file"));
        Path tree = Files.createDirectories(directory.resolve("tree/deep"));
        Files.createSymbolicLink(tree.resolve("link"), kept);
        FileTrees.delete(tree.getParent());
        FileTrees.delete(tree.getParent());
        assertThat(tree.getParent()).doesNotExist();
        assertThat(kept.resolve("file")).exists();
    }
}
