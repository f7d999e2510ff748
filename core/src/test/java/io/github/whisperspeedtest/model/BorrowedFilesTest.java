package io.github.whisperspeedtest.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.DownloadException;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.hub.DownloadListener;
import io.github.whisperspeedtest.hub.HubCache;
import io.github.whisperspeedtest.hub.HubSettings;
import io.github.whisperspeedtest.hub.testing.CacheBuilder;
import io.github.whisperspeedtest.hub.testing.HubServer;
import io.github.whisperspeedtest.model.ModelPresence.State;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.verify.ModelVerifier;
import io.github.whisperspeedtest.verify.Verdict;
import io.github.whisperspeedtest.verify.VerifyLevel;
import io.github.whisperspeedtest.verify.VerifyOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Models that borrow their tokenizer from a second repository: one whose weights have their own URL, as OpenAI's checkpoints
 * do, and one whose weights are in a repository, as MLX models are.
 */
class BorrowedFilesTest {
    private static final byte[] WEIGHTS = "weights".getBytes(StandardCharsets.UTF_8);
    private static final byte[] TOKENIZER = "tokens".getBytes(StandardCharsets.UTF_8);
    private static final String LENDER = "owner/lender";
    private static final String REPOSITORY = "owner/weights";

    @TempDir
    private Path directory;

    private HubServer hub;
    private HubSettings settings;
    private ToolHome home;
    private Borrowers implementation;

    @BeforeEach
    void startHub() throws IOException {
        hub = HubServer.start();
        Properties properties = new Properties();
        properties.setProperty(HubAccess.ENDPOINT_PROPERTY, hub.endpoint().toString());
        properties.setProperty(
                HubAccess.CACHE_PROPERTY, directory.resolve("hub").toString());
        settings = HubAccess.settings(Settings.of(Map.of(), properties));
        home = ToolHome.at(directory.resolve("home"));
        implementation = new Borrowers(hub.plainFile("weights.pt", WEIGHTS));
    }

    @AfterEach
    void stopHub() throws IOException {
        hub.close();
    }

    @Test
    void loadsFilesOfBothRepositoriesTogether() throws IOException {
        publishTokenizer();
        install("plain");

        Path weights = home.models().resolve("borrowers/weights.pt");
        assertThat(weights).hasBinaryContent(WEIGHTS);
        ModelFiles files = store().filesOf(implementation, "plain");
        assertThat(files.byName()).containsOnlyKeys("weights.pt", "tokenizer.json");
        assertThat(files.require("weights.pt")).isEqualTo(weights);
        assertThat(files.require("tokenizer.json"))
                .startsWith(directory.resolve("hub"))
                .hasBinaryContent(TOKENIZER);
        assertThat(look("plain", ModelPlace.HUB_CACHE).state()).isEqualTo(State.NOT_APPLICABLE);
        Verdict verdict = verify("plain");
        assertThat(verdict.status()).isEqualTo(Verdict.Status.COMPLETE);
        assertThat(verdict.bytesOnDisk()).isEqualTo(WEIGHTS.length + TOKENIZER.length);
    }

    @Test
    void isIncompleteWithoutTokenizer() throws IOException {
        write("weights.pt", WEIGHTS);

        ModelPresence found = look("plain", ModelPlace.LOCAL_CACHE);
        assertThat(found.state()).isEqualTo(State.INCOMPLETE);
        assertThat(found.reason()).contains("models--owner--lender").doesNotContain("weights.pt");
        assertThat(verify("plain").status()).isEqualTo(Verdict.Status.INCOMPLETE);
        assertThatThrownBy(() -> store().filesOf(implementation, "plain"))
                .isInstanceOf(ModelException.class)
                .hasMessageContainingAll("models--owner--lender", "download -i borrowers -m plain");
    }

    @Test
    void isIncompleteWithBrokenTokenizer() throws IOException {
        publishTokenizer();
        install("plain");
        Path blob = store().filesOf(implementation, "plain")
                .require("tokenizer.json")
                .toRealPath();
        Files.write(blob, new byte[] {1});
        assertThat(look("plain", ModelPlace.LOCAL_CACHE))
                .returns(State.INCOMPLETE, ModelPresence::state)
                .satisfies(found -> assertThat(found.reason()).contains("tokenizer.json has 1 bytes"));

        install("plain");
        assertThat(verify("plain").status()).isEqualTo(Verdict.Status.COMPLETE);
    }

    @Test
    void isMissingIfOnlyTokenizerIsPresent() throws IOException {
        cacheTokenizer("hub");
        assertThat(look("plain", ModelPlace.LOCAL_CACHE))
                .returns(State.MISSING, ModelPresence::state)
                .satisfies(found -> assertThat(found.contents()).isEmpty());
        assertThat(look("cached", ModelPlace.HUB_CACHE))
                .returns(State.MISSING, ModelPresence::state)
                .satisfies(found -> assertThat(found.contents()).isEmpty());
    }

    @Test
    void copiedWeightsWithCachedTokenizerNeedNoDownload() throws IOException {
        write("weights.pt", WEIGHTS);
        cacheTokenizer("hub");
        assertThat(store().filesOf(implementation, "plain").byName()).containsOnlyKeys("weights.pt", "tokenizer.json");
    }

    @Test
    void downloadsNoWeightsIfTokenizerIsUnavailable() {
        assertThatThrownBy(() -> install("plain"))
                .isInstanceOf(DownloadException.class)
                .hasMessageContaining(LENDER);
        assertThat(home.models()).doesNotExist();
    }

    @Test
    void cannotBeCopiedFromIncompleteCache() throws IOException {
        cacheTokenizer("hub");
        assertThatThrownBy(() -> new ModelCopier(settings.cacheDirectory()).copy(model("plain")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("does not come entirely from the Hugging Face hub");
    }

    @Test
    void twoFileNamesAreOneModel() throws IOException {
        cacheTokenizer("hub");
        write("other-name.pt", WEIGHTS);
        assertThat(store().filesOf(implementation, "plain").byName()).containsKeys("other-name.pt");
        Verdict verdict = verify("plain");
        assertThat(verdict.status()).isEqualTo(Verdict.Status.COMPLETE);
        assertThat(verdict.fallback()).isEqualTo("other-name.pt");

        write("weights.pt", WEIGHTS);
        assertThat(store().filesOf(implementation, "plain").byName()).containsOnlyKeys("weights.pt", "tokenizer.json");
        assertThat(verify("plain").bytesOnDisk()).isEqualTo(WEIGHTS.length + TOKENIZER.length);
    }

    @Test
    void downloadsBothRepositoriesIntoOwnCache() {
        hub.file(REPOSITORY, "weights.npz", WEIGHTS).commit(REPOSITORY);
        publishTokenizer();
        install("cached");

        ModelFiles files = store().filesOf(implementation, "cached");
        assertThat(files.byName()).containsOnlyKeys("weights.npz", "tokenizer.json");
        assertThat(files.byName().values()).allSatisfy(file -> assertThat(file).startsWith(ownCache()));
        assertThat(look("cached", ModelPlace.HUB_CACHE).state()).isEqualTo(State.MISSING);
    }

    @Test
    void copiesModelWithBorrowedFilesOnly() throws IOException {
        String commit = CacheBuilder.commit("weights");
        new CacheBuilder(settings.cacheDirectory(), REPOSITORY)
                .linked(commit, "weights.npz", WEIGHTS)
                .ref("main", commit);
        assertThat(look("cached", ModelPlace.HUB_CACHE))
                .returns(State.INCOMPLETE, ModelPresence::state)
                .satisfies(found -> assertThat(found.reason()).contains("models--owner--lender"));
        cacheTokenizer("hub");

        new ModelCopier(settings.cacheDirectory()).copy(model("cached"));

        assertThat(look("cached", ModelPlace.LOCAL_CACHE).state()).isEqualTo(State.PRESENT);
        assertThat(new HubCache(ownCache()).newest(LENDER).orElseThrow().files())
                .as("the lender's own weights stay where they are")
                .containsOnlyKeys("tokenizer.json");
    }

    private void publishTokenizer() {
        hub.file(LENDER, "tokenizer.json", TOKENIZER)
                .file(LENDER, "model.safetensors", WEIGHTS)
                .commit(LENDER);
    }

    private void cacheTokenizer(String cache) throws IOException {
        String commit = CacheBuilder.commit("lender");
        new CacheBuilder(directory.resolve(cache), LENDER)
                .linked(commit, "tokenizer.json", TOKENIZER)
                .linked(commit, "model.safetensors", WEIGHTS)
                .ref("main", commit);
    }

    private void write(String name, byte[] content) throws IOException {
        Path file = home.models().resolve("borrowers").resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    private void install(String model) {
        new ModelInstaller(home, settings).install(implementation, model, DownloadListener.SILENT);
    }

    private ModelInfo model(String name) {
        return implementation.modelInfo(name, home.models());
    }

    private ModelPresence look(String model, ModelPlace place) {
        return new ModelLocator(settings.cacheDirectory()).look(model(model), place);
    }

    private Verdict verify(String model) {
        VerifyOptions hashes = new VerifyOptions(VerifyLevel.HASH, null, VerifyOptions.Caching.OFF);
        return new ModelVerifier(home, settings.cacheDirectory())
                .verify(implementation, model, ModelPlace.LOCAL_CACHE, hashes);
    }

    private ModelStore store() {
        return new ModelStore(home, settings.cacheDirectory());
    }

    private Path ownCache() {
        return home.models().resolve("borrowers");
    }

    private record Borrowers(URI address) implements Implementation {
        private static final ModelSource TOKENS =
                new ModelSource.HubRepository(LENDER, "main", List.of("tokenizer.json"));

        @Override
        public String id() {
            return "borrowers";
        }

        @Override
        public Availability availability() {
            return new Availability.Available("none", "CPU");
        }

        @Override
        public List<ModelInfo> models(Path modelsDirectory) {
            Path own = modelsDirectory.resolve(id());
            ModelSource weights = new ModelSource.HubRepository(REPOSITORY, "main", List.of("weights.npz"));
            return List.of(
                    plain(own, "weights.pt", List.of(plain(own, "other-name.pt", List.of()))),
                    new ModelInfo("cached", List.of(weights, TOKENS), own, List.of(), 0, List.of()));
        }

        private ModelInfo plain(Path own, String file, List<ModelInfo> fallbacks) {
            ModelSource weights = new ModelSource.DirectDownload(address, file, CacheBuilder.sha256(WEIGHTS));
            return new ModelInfo("plain", List.of(weights, TOKENS), null, List.of(own.resolve(file)), 0, fallbacks);
        }

        @Override
        public Transcriber load(ModelFiles files, LoadOptions options) {
            throw new AssertionError("nothing is loaded here");
        }
    }
}
