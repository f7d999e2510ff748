package io.github.whisperspeedtest.mlx.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MlxLibrariesTest {
    private static final String MLXC = System.mapLibraryName("mlxc");
    private static final String MLX = System.mapLibraryName("mlx");

    @TempDir
    private Path directory;

    @Test
    void loadsMlxOfUserDirectoryFirst() throws IOException {
        file(MLXC);
        Path mlx = file(MLX);
        MlxLibraries found = MlxLibraries.find(settings(MlxLibraries.DIRECTORY_VARIABLE));
        assertThat(found).isEqualTo(new MlxLibraries(directory.resolve(MLXC).toString(), mlx));
        assertThat(found.files()).containsExactly(directory.resolve(MLXC), mlx);
    }

    /** Homebrew's mlx-c loads the MLX of its own formula, which may be another one than that in the common directory. */
    @Test
    void loadsNoMlxOfHomebrewFirst() throws IOException {
        Path common = file("lib/" + MLXC);
        file("lib/" + MLX);
        assertThat(MlxLibraries.find(settings(MlxLibraries.HOMEBREW_VARIABLE)))
                .isEqualTo(new MlxLibraries(common.toString(), null));

        Path formula = file("opt/mlx-c/lib/" + MLXC);
        file("opt/mlx/lib/" + MLX);
        Settings settings = settings(MlxLibraries.HOMEBREW_VARIABLE);
        assertThat(MlxLibraries.find(settings)).isEqualTo(new MlxLibraries(formula.toString(), null));
        assertThat(MlxLibraries.files(settings))
                .contains(formula, common, directory.resolve("opt/mlx/lib").resolve(MLX));
    }

    private Path file(String name) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.createFile(file);
    }

    private Settings settings(String variable) {
        return Settings.of(Map.of(variable, directory.toString()), new Properties());
    }
}
