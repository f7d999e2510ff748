package io.github.whisperspeedtest.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFilesTest {
    @TempDir
    Path directory;

    @Test
    void filesAreAbsoluteAndOrdered() {
        ModelFiles files = ModelFiles.of("m", List.of(Path.of("b.bin"), Path.of("x", "..", "a.txt")));

        assertThat(files.byName())
                .containsExactly(
                        Map.entry("b.bin", Path.of("b.bin").toAbsolutePath()),
                        Map.entry("a.txt", Path.of("a.txt").toAbsolutePath()));
    }

    @Test
    void rejectsDuplicateName() {
        assertThatThrownBy(() -> ModelFiles.of("m", List.of(Path.of("x", "a.bin"), Path.of("y", "a.bin"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Path.of("x", "a.bin").toString())
                .hasMessageContaining(Path.of("y", "a.bin").toString());
    }

    @Test
    void copiesMap() {
        Map<String, Path> map = new LinkedHashMap<>(Map.of("a", directory));
        ModelFiles files = new ModelFiles("m", map);
        map.clear();

        assertThat(files.byName()).containsKey("a");
        assertThatThrownBy(() -> files.byName().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void singleReturnsOnlyFile() throws IOException {
        Path file = Files.writeString(directory.resolve("a.bin"), "a");

        assertThat(ModelFiles.of("m", List.of(file)).single()).isEqualTo(file);
        assertThatThrownBy(() -> ModelFiles.of("m", List.of(file, directory.resolve("b.bin")))
                        .single())
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("must be one file, but has 2");
        assertThatThrownBy(() -> ModelFiles.of("m", List.of()).single())
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("must be one file, but has 0");
    }

    @Test
    void namesMissingRequiredFile() throws IOException {
        Path file = Files.writeString(directory.resolve("a.bin"), "a");
        ModelFiles files = ModelFiles.of("m", List.of(file));

        assertThat(files.require("a.bin")).isEqualTo(file);
        assertThatThrownBy(() -> files.require("b.bin"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("has no file 'b.bin'")
                .hasMessageContaining("[a.bin]");
    }

    @Test
    void namesMissingFileAndDirectory() {
        Path missing = directory.resolve("missing.bin");

        assertThatThrownBy(() -> ModelFiles.of("m", List.of(missing)).single())
                .isInstanceOf(ModelException.class)
                .hasMessage("Model 'm' is missing: " + missing + " does not exist.");
        assertThatThrownBy(() -> ModelFiles.of("m", List.of(directory)).single())
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(directory + " is not a file");
    }

    @Test
    void companionFilesArePrefixedWithItsName() {
        ModelFiles model = new ModelFiles("m", Map.of("model.bin", directory.resolve("a")));
        ModelFiles companion = new ModelFiles("vad", Map.of("onnx/model.bin", directory.resolve("b")));
        ModelFiles both = model.with(companion);

        assertThat(both.model()).isEqualTo("m");
        assertThat(both.byName())
                .containsExactly(
                        Map.entry("model.bin", directory.resolve("a")),
                        Map.entry("vad/onnx/model.bin", directory.resolve("b")));
        assertThat(both.companion("vad")).contains(companion);
        assertThat(both.companion("va")).isEmpty();
        assertThat(model.companion("vad")).isEmpty();
        assertThatThrownBy(() -> both.with(companion))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(directory.resolve("b").toString());
    }
}
