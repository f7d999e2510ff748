package io.github.whisperspeedtest.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.hub.testing.CacheBuilder;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdoptedDirectoriesTest {
    private static final String REPOSITORY = "acme/whisper";

    @TempDir
    private Path directory;

    @Test
    void remembersDirectoriesAndForgetsThem() throws IOException {
        ToolHome home = ToolHome.at(directory.resolve("home"));
        Path first = Files.createDirectories(directory.resolve("first models"));
        Path second = Files.createDirectories(directory.resolve("second"));
        new AdoptedDirectories(home).add(first);
        new AdoptedDirectories(home).add(second);
        new AdoptedDirectories(home).add(first);

        assertThat(new AdoptedDirectories(home).list()).containsExactly(first, second);
        assertThat(new AdoptedDirectories(home).remove(first)).isTrue();
        assertThat(new AdoptedDirectories(home).remove(first)).isFalse();
        assertThat(new AdoptedDirectories(home).list()).containsExactly(second);
    }

    @Test
    void onlyDirectoriesAreAdopted() throws IOException {
        AdoptedDirectories adopted = new AdoptedDirectories(ToolHome.at(directory.resolve("home")));
        Path file = Files.writeString(directory.resolve("file"), "");
        assertThatThrownBy(() -> adopted.add(file))
                .isInstanceOf(WhisperSpeedtestException.class)
                .hasMessageContaining(file + " is not a readable directory");
        assertThatThrownBy(() -> adopted.add(directory.resolve("none"))).isInstanceOf(WhisperSpeedtestException.class);
    }

    @Test
    void openAisDirectoryIsSearched() {
        ToolHome home = ToolHome.at(directory.resolve("home"));
        Properties properties = new Properties();
        properties.setProperty("os.name", "Linux");
        assertThat(AdoptedDirectories.addTo(home, Settings.of(Map.of("HOME", directory.toString()), properties))
                        .otherModels())
                .containsExactly(directory.resolve(".cache/whisper"));
        String cache = directory.resolve("cache").toString();
        assertThat(AdoptedDirectories.addTo(
                                home,
                                Settings.of(Map.of("HOME", directory.toString(), "XDG_CACHE_HOME", cache), properties))
                        .otherModels())
                .containsExactly(directory.resolve("cache/whisper"));
    }

    @Test
    void modelsAreFoundWhereOtherProgramsHaveThem() throws IOException {
        Path others = Files.createDirectories(directory.resolve("others"));
        ToolHome home = ToolHome.at(directory.resolve("home")).withOtherModels(List.of(others));
        ModelLocator locator = new ModelLocator(() -> directory.resolve("hub"), home);
        ModelInfo plain = ModelInfo.ofLocalFiles(
                "base",
                List.of(new ModelSource.HubRepository(REPOSITORY, "main", List.of("ggml-base.bin"))),
                List.of(home.models().resolve("own/ggml-base.bin")),
                0);
        ModelInfo cached = new ModelInfo(
                "small",
                List.of(new ModelSource.HubRepository(REPOSITORY, "main", List.of("model.bin"))),
                home.models().resolve("own"),
                List.of(),
                0,
                List.of());
        assertThat(locator.best(plain)).isEmpty();
        assertThat(locator.look(plain, ModelPlace.LOCAL_CACHE).where()).isEqualTo(plain.localPaths());
        assertThat(locator.best(cached)).isEmpty();

        Path file = Files.writeString(others.resolve("ggml-base.bin"), "weights");
        String commit = CacheBuilder.commit("first");
        new CacheBuilder(others, REPOSITORY)
                .ref("main", commit)
                .linked(commit, "model.bin", "weights".getBytes(StandardCharsets.UTF_8));
        assertThat(locator.best(cached).orElseThrow().files())
                .extracting(found -> found.file().startsWith(others))
                .containsExactly(true);
        assertThat(locator.best(plain).orElseThrow().files())
                .extracting(ModelFile::file)
                .containsExactly(file);
        assertThat(locator.best(plain).orElseThrow().place()).isEqualTo(ModelPlace.LOCAL_CACHE);

        Path flat = Files.createDirectories(home.models()).resolve("ggml-base.bin");
        Files.writeString(flat, "weights");
        assertThat(locator.best(plain).orElseThrow().files())
                .extracting(ModelFile::file)
                .containsExactly(flat);
    }
}
