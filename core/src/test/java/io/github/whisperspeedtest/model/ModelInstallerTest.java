package io.github.whisperspeedtest.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.DownloadException;
import io.github.whisperspeedtest.hub.DownloadListener;
import io.github.whisperspeedtest.hub.HubCache;
import io.github.whisperspeedtest.hub.testing.HubServer;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models with fallbacks in their own cache, like quantized MLX models, and a companion in the default cache. */
class ModelInstallerTest {
    private static final byte[] CONTENT = {1, 2, 3};
    private static final String COMPANION = "owner/companion";

    @TempDir
    private Path directory;

    private HubServer hub;
    private ModelInstaller installer;

    @BeforeEach
    void startHub() throws IOException {
        hub = HubServer.start();
        Properties properties = new Properties();
        properties.setProperty(HubAccess.ENDPOINT_PROPERTY, hub.endpoint().toString());
        properties.setProperty(
                HubAccess.CACHE_PROPERTY, directory.resolve("hub").toString());
        installer = new ModelInstaller(ToolHome.at(directory), HubAccess.settings(Settings.of(Map.of(), properties)));
    }

    @AfterEach
    void stopHub() throws IOException {
        hub.close();
    }

    @Test
    void downloadsModelIntoOwnCache() {
        publish("owner/quantised");
        assertThat(install().sources()).isEqualTo(sources("owner/quantised"));
        assertThat(look().isPresent()).isTrue();
        assertThat(directory.resolve("hub")).doesNotExist();
    }

    @Test
    void usesFirstAvailableFallback() {
        publish("owner/last");
        assertThat(install().sources()).isEqualTo(sources("owner/last"));
        assertThat(look().model().sources()).isEqualTo(sources("owner/last"));
    }

    @Test
    void reportsFailureOfModelIfFallbacksFailToo() {
        assertThatThrownBy(this::install)
                .isInstanceOf(DownloadException.class)
                .hasMessageContaining("owner/quantised")
                .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(2));
    }

    @Test
    void downloadsCompanionsIntoTheirOwnCache() {
        publish("owner/quantised");
        publish(COMPANION);
        install();

        assertThat(locate().byName())
                .containsEntry("model.bin", content("own", "owner/quantised"))
                .containsEntry("helper/model.bin", content("hub", COMPANION));
        assertThat(locate().companion("helper")).isPresent();
    }

    @Test
    void continuesWithoutUnavailableCompanion() {
        publish("owner/quantised");
        assertThat(install().sources()).isEqualTo(sources("owner/quantised"));
        assertThat(locate().byName()).containsOnlyKeys("model.bin");
        assertThat(look().isPresent()).isTrue();

        publish(COMPANION);
        assertThat(installCompanion()).isTrue();
        assertThat(locate().byName()).containsOnlyKeys("model.bin", "helper/model.bin");
    }

    @Test
    void downloadsCompanionOnceAndAgainIfDamaged() throws IOException {
        publish("owner/quantised");
        publish(COMPANION);
        install();
        hub.clearReceived();
        assertThat(installCompanion()).isFalse();
        assertThat(hub.received()).isEmpty();

        Path file = content("hub", COMPANION).toRealPath();
        Files.write(file, new byte[] {1, 2, 4});
        assertThat(installCompanion()).isTrue();
        assertThat(file).hasBinaryContent(CONTENT);
    }

    @Test
    void omitsIncompleteCompanion() throws IOException {
        publish("owner/quantised");
        publish(COMPANION);
        install();
        Files.delete(content("hub", COMPANION));
        assertThat(locate().byName()).containsOnlyKeys("model.bin");
    }

    private boolean installCompanion() {
        return installer.installCompanion(implementation(), companion(), DownloadListener.SILENT);
    }

    private ModelFiles locate() {
        return new ModelStore(ToolHome.at(directory), directory.resolve("hub")).filesOf(implementation(), "small");
    }

    private Path content(String cache, String repository) {
        return new HubCache(directory.resolve(cache))
                .newest(repository)
                .orElseThrow()
                .directory()
                .resolve("model.bin");
    }

    private Quantised implementation() {
        return new Quantised(directory.resolve("own"));
    }

    private static ModelInfo companion() {
        return new ModelInfo("helper", sources(COMPANION), null, List.of(), 0, List.of());
    }

    private void publish(String repository) {
        hub.file(repository, "model.bin", CONTENT).commit(repository);
    }

    private ModelInfo install() {
        return installer.install(implementation(), "small", DownloadListener.SILENT);
    }

    private ModelPresence look() {
        return new ModelLocator(directory.resolve("hub"))
                .look(implementation().modelInfo("small", directory), ModelPlace.LOCAL_CACHE);
    }

    private static List<ModelSource> sources(String repository) {
        return List.of(new ModelSource.HubRepository(repository, "main", List.of("model.bin")));
    }

    private record Quantised(Path cache) implements Implementation {
        @Override
        public String id() {
            return "quantised";
        }

        @Override
        public Availability availability() {
            return new Availability.Available("none", "CPU");
        }

        @Override
        public List<ModelInfo> models(Path modelsDirectory) {
            ModelInfo last = model("owner/last", List.of());
            ModelInfo plain = model("owner/plain", List.of(last));
            return List.of(model("owner/quantised", List.of(plain)).withCompanions(List.of(companion())));
        }

        private ModelInfo model(String repository, List<ModelInfo> fallbacks) {
            return new ModelInfo("small", sources(repository), cache, List.of(), 0, fallbacks);
        }

        @Override
        public Transcriber load(ModelFiles files, LoadOptions options) {
            throw new AssertionError("nothing is loaded here");
        }
    }
}
