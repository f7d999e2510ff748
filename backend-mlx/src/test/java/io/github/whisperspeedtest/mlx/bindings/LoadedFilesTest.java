package io.github.whisperspeedtest.mlx.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadedFilesTest {
    @TempDir
    private Path directory;

    @Test
    void selectsMlxAndItsKernels() throws IOException {
        Path mlxc = Files.createFile(directory.resolve("libmlxc.dylib")).toRealPath();
        Path mlx = Files.createFile(directory.resolve("libmlx.dylib")).toRealPath();
        Path kernels = Files.createFile(directory.resolve("mlx.metallib")).toRealPath();
        assertThat(LoadedFiles.ofMlx(
                        Stream.of("/usr/lib/libSystem.B.dylib", mlxc.toString(), mlx.toString(), "/lib/libmlxy.dylib")))
                .containsExactly(mlxc, mlx, kernels);
    }

    @Test
    void countsLinkToLibraryOnce() throws IOException {
        Path mlx = Files.createFile(directory.resolve("libmlx.0.31.2.dylib")).toRealPath();
        Path link = Files.createSymbolicLink(directory.resolve("libmlx.dylib"), mlx);
        assertThat(LoadedFiles.ofMlx(Stream.of(link.toString(), mlx.toString())))
                .containsExactly(mlx);
    }

    @Test
    void rejectsTwoLibrariesOfMlx() throws IOException {
        Path one = Files.createFile(directory.resolve("libmlx.so")).toRealPath();
        Path other = Files.createFile(
                        Files.createDirectory(directory.resolve("other")).resolve("libmlx.so"))
                .toRealPath();
        assertThatThrownBy(() -> LoadedFiles.ofMlx(Stream.of(one.toString(), other.toString())))
                .isInstanceOf(RuntimeUnavailableException.class)
                .hasMessageContainingAll("Two libraries of MLX", one.toString(), other.toString(), "LIBDIR");
    }

    @Test
    void readsNamesWithBlanksInMapsOfLinux() {
        assertThat(LoadedFiles.names(List.of(
                        "7f1c00000000-7f1c00021000 rw-p 00000000 00:00 0",
                        "7f1c0a000000-7f1c0a200000 r-xp 00001000 fe:01 1234   /home/my user/lib/libmlx.so",
                        "7f1c0a200000-7f1c0a300000 r--p 00201000 fe:01 1234   /home/my user/lib/libmlx.so",
                        "7ffd0a000000-7ffd0a021000 rw-p 00000000 00:00 0      [stack]")))
                .containsExactly("/home/my user/lib/libmlx.so");
    }
}
