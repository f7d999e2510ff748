package io.github.whisperspeedtest.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.spi.BuiltEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "engines are not built on Windows, which restricts symbolic links")
class EngineStoreTest {
    @TempDir
    private Path parent;

    private Path directory;
    private EngineStore store;

    @BeforeEach
    void create() {
        directory = parent.resolve("some engine");
        store = new EngineStore(directory);
    }

    @Test
    void installsLibrariesInFlatDirectory() throws IOException {
        BuiltEngine engine = install("1.9.3", Map.of("liba.so.1", "a", "libb.so", "b"));

        assertThat(engine).isEqualTo(new BuiltEngine("1.9.3", directory.resolve("1.9.3/lib")));
        assertThat(engine.directory().resolve("liba.so.1")).hasContent("a");
        assertThat(engine.directory().resolve("libb.so")).hasContent("b");
        assertThat(names(engine.directory())).containsExactly("liba.so.1", "libb.so");
        assertThat(names(directory)).as("no temporary files").containsExactly(".lock", "1.9.3");
    }

    @Test
    void replacesEarlierBuildAndDeletesIt() throws IOException {
        install("1.9.3", Map.of("liba.so.1", "old", "libgone.so", "old"));
        BuiltEngine engine = install("1.9.3", Map.of("liba.so.1", "new"));

        assertThat(names(engine.directory())).containsExactly("liba.so.1");
        assertThat(engine.directory().resolve("liba.so.1")).hasContent("new");
        assertThat(names(directory.resolve("1.9.3")))
                .as("the link and its target")
                .hasSize(2);
    }

    @Test
    void failedInstallationLeavesEarlierBuild() throws IOException {
        BuiltEngine engine = install("1.9.3", Map.of("liba.so.1", "old"));
        Map<String, Path> absent = Map.of("liba.so.1", parent.resolve("absent"));

        try (EngineWorkspace workspace = store.begin()) {
            assertThatThrownBy(() -> workspace.install("1.9.3", absent)).isInstanceOf(NoSuchFileException.class);
        }

        assertThat(engine.directory().resolve("liba.so.1")).hasContent("old");
        assertThat(names(directory)).containsExactly(".lock", "1.9.3");
        assertThat(names(directory.resolve("1.9.3"))).hasSize(2);
    }

    @Test
    void listsNewestVersionFirst() throws IOException {
        assertThat(store.list()).isEmpty();
        for (String version : List.of("1.9.3", "1.10.0", "1.7.1", "1.9")) {
            install(version, Map.of("liba.so", version));
        }
        Files.createDirectories(directory.resolve("1.9.9"));
        Files.createDirectories(directory.resolve("notes/lib"));
        Files.createFile(directory.resolve("build-1.9.3.log"));

        assertThat(store.list()).extracting(BuiltEngine::version).containsExactly("1.10.0", "1.9.3", "1.9", "1.7.1");
    }

    @Test
    void allowsOneBuildAtATime() throws IOException {
        try (EngineWorkspace workspace = store.begin()) {
            Files.createFile(workspace.directory().resolve("file"));
            assertThatThrownBy(store::begin)
                    .isInstanceOf(EngineUnavailableException.class)
                    .hasMessageContaining("another build is running");
            assertThat(workspace.directory().resolve("file")).exists();
        }
        store.begin().close();
    }

    @Test
    void deletesRemainsOfKilledBuild() throws IOException {
        Files.createDirectories(directory.resolve(".killed/build"));
        install("1.9.3", Map.of("liba.so", "a"));
        Files.createDirectories(directory.resolve("1.9.3/.killed"));

        BuiltEngine engine = install("1.9.3", Map.of("liba.so", "b"));

        assertThat(names(directory)).containsExactly(".lock", "1.9.3");
        assertThat(names(directory.resolve("1.9.3"))).hasSize(2);
        assertThat(engine.directory().resolve("liba.so")).hasContent("b");
    }

    @Test
    void rejectsVersionThatLeavesDirectory() throws IOException {
        try (EngineWorkspace workspace = store.begin()) {
            assertThatThrownBy(() -> workspace.install("../x", Map.of())).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private BuiltEngine install(String version, Map<String, String> contents) throws IOException {
        try (EngineWorkspace workspace = store.begin()) {
            Map<String, Path> libraries = new HashMap<>();
            for (Map.Entry<String, String> library : contents.entrySet()) {
                libraries.put(
                        library.getKey(),
                        Files.writeString(workspace.directory().resolve(library.getKey()), library.getValue()));
            }
            return workspace.install(version, libraries);
        }
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            return children.map(child -> child.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }
}
