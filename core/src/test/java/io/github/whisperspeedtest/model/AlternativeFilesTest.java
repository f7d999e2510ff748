package io.github.whisperspeedtest.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.DownloadException;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.hub.DownloadListener;
import io.github.whisperspeedtest.hub.DownloadRequest;
import io.github.whisperspeedtest.hub.FilePattern;
import io.github.whisperspeedtest.hub.HubCache;
import io.github.whisperspeedtest.hub.HubDownloader;
import io.github.whisperspeedtest.hub.testing.CacheBuilder;
import io.github.whisperspeedtest.hub.testing.HubServer;
import io.github.whisperspeedtest.model.ModelPresence.State;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource.HubRepository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models whose weights have different file names in different repositories. */
class AlternativeFilesTest {
    private static final String REPOSITORY = "owner/model";
    private static final String COMMIT = CacheBuilder.commit("model");
    private static final byte[] CONFIG = "config".getBytes(StandardCharsets.UTF_8);
    private static final byte[] WEIGHTS = "weights".getBytes(StandardCharsets.UTF_8);
    private static final byte[] OTHER_WEIGHTS = "other weights".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "weights.safetensors", "weights.npz"})
    void anyAlternativeCompletesModel(String weights) throws IOException {
        cache().linked(COMMIT, weights, WEIGHTS);

        ModelPresence found = look();

        assertThat(found.state()).as(found.reason()).isEqualTo(State.PRESENT);
        assertThat(found.files()).extracting(ModelFile::name).containsExactlyInAnyOrder("config.json", weights);
        assertThat(found.reason()).isEmpty();
    }

    @Test
    void namesAllAlternativesIfNoneIsPresent() throws IOException {
        cache();
        assertThat(look())
                .returns(State.INCOMPLETE, ModelPresence::state)
                .satisfies(found -> assertThat(found.reason())
                        .contains(" has no file model.safetensors or weights.safetensors or weights.npz."));
    }

    @Test
    void firstOfSeveralAlternativesIsUsed() throws IOException {
        cache().linked(COMMIT, "weights.npz", OTHER_WEIGHTS).linked(COMMIT, "model.safetensors", WEIGHTS);
        assertThat(look().files()).extracting(ModelFile::name).containsExactly("config.json", "model.safetensors");
    }

    @Test
    void brokenAlternativeIsIncomplete() throws IOException {
        CacheBuilder cache = cache().linked(COMMIT, "weights.npz", WEIGHTS);
        Files.delete(cache.directory().resolve("blobs").resolve(CacheBuilder.sha256(WEIGHTS)));
        assertThat(look())
                .returns(State.INCOMPLETE, ModelPresence::state)
                .satisfies(found -> assertThat(found.reason()).contains("weights.npz"));
    }

    @Test
    void partialAlternativeIsIncomplete() throws IOException {
        cache().incomplete(CacheBuilder.sha256(WEIGHTS), new byte[] {1});
        assertThat(look())
                .returns(State.INCOMPLETE, ModelPresence::state)
                .satisfies(found -> assertThat(found.reason())
                        .contains("A download was interrupted")
                        .contains("weights.npz"));
    }

    @Test
    void partialFileIsOnlyMentionedIfAnotherAlternativeIsComplete() throws IOException {
        cache().linked(COMMIT, "weights.npz", WEIGHTS).incomplete(CacheBuilder.sha256(OTHER_WEIGHTS), new byte[] {1});
        assertThat(look())
                .returns(State.PRESENT, ModelPresence::state)
                .satisfies(found -> assertThat(found.reason()).contains(" does not belong to this model."));
    }

    @Test
    void downloadsAndCopiesOnlyFirstAlternativeOnHub() throws IOException {
        try (HubServer hub = HubServer.start()) {
            hub.file(REPOSITORY, "config.json", CONFIG)
                    .file(REPOSITORY, "weights.npz", OTHER_WEIGHTS)
                    .file(REPOSITORY, "weights.safetensors", WEIGHTS)
                    .commit(REPOSITORY);
            Properties properties = new Properties();
            properties.setProperty(HubAccess.ENDPOINT_PROPERTY, hub.endpoint().toString());
            properties.setProperty(HubAccess.CACHE_PROPERTY, hubCache().toString());
            HubDownloader downloader = HubDownloader.of(HubAccess.settings(Settings.of(Map.of(), properties)));

            assertThat(downloader
                            .download(
                                    new DownloadRequest(REPOSITORY, "main", source().files()), DownloadListener.SILENT)
                            .paths())
                    .containsOnlyKeys("config.json", "weights.safetensors");
            assertThat(look().state()).isEqualTo(State.PRESENT);
            assertThatThrownBy(() -> HubAccess.call(() -> downloader.download(
                            DownloadRequest.of(REPOSITORY, "a.bin|b.bin"), DownloadListener.SILENT)))
                    .isInstanceOfSatisfying(
                            DownloadException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                    .hasMessageContaining("has no file 'a.bin or b.bin'");
        }

        Path own = directory.resolve("own");
        ModelInfo model = new ModelInfo("model", List.of(source()), own, List.of(), 0, List.of());
        new ModelCopier(hubCache()).copy(model);
        assertThat(new HubCache(own).newest(REPOSITORY).orElseThrow().files())
                .containsOnlyKeys("config.json", "weights.safetensors");
        assertThat(new ModelLocator(hubCache())
                        .look(model, ModelPlace.LOCAL_CACHE)
                        .state())
                .isEqualTo(State.PRESENT);
    }

    @Test
    void hubListingSelectsMissingAlternative() throws IOException {
        downloadsAndCopiesOnlyFirstAlternativeOnHub();
        HubCache cache = new HubCache(hubCache());
        Files.delete(cache.newest(REPOSITORY)
                .orElseThrow()
                .files()
                .get("weights.safetensors")
                .file());
        assertThat(look())
                .returns(State.INCOMPLETE, ModelPresence::state)
                .satisfies(found -> assertThat(found.reason())
                        .contains(" has no file weights.safetensors (" + WEIGHTS.length + " bytes on the hub)"));
    }

    @ParameterizedTest
    @CsvSource({
        "a*c, ac:abc:abbc:a+c",
        "abc|a*, abc",
        "x|a*c, ac:abc:abbc:a+c",
        "x|y, ''",
        "a|ac|b, ac",
        "'a.c|', ''",
        "*, ac:abc:abbc:a+c"
    })
    void patternSelectsMatchingNames(String pattern, String expected) {
        List<String> names = List.of("ac", "abc", "abbc", "a+c", "a/c");
        List<String> fitting = expected.isEmpty() ? List.of() : List.of(expected.split(":"));
        assertThat(FilePattern.of(pattern).select(names)).containsExactlyElementsOf(fitting);
    }

    private ModelPresence look() {
        return new ModelLocator(hubCache())
                .look(new ModelInfo("model", List.of(source()), null, List.of(), 0, List.of()), ModelPlace.HUB_CACHE);
    }

    private static HubRepository source() {
        return new HubRepository(
                REPOSITORY, "main", List.of("config.json", "model.safetensors|weights.safetensors|weights.npz"));
    }

    private CacheBuilder cache() throws IOException {
        return new CacheBuilder(hubCache(), REPOSITORY)
                .linked(COMMIT, "config.json", CONFIG)
                .ref("main", COMMIT);
    }

    private Path hubCache() {
        return directory.resolve("hub");
    }
}
