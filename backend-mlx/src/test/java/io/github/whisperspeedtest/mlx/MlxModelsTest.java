package io.github.whisperspeedtest.mlx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.hub.DownloadListener;
import io.github.whisperspeedtest.hub.testing.CacheBuilder;
import io.github.whisperspeedtest.hub.testing.HubServer;
import io.github.whisperspeedtest.model.HubAccess;
import io.github.whisperspeedtest.model.ModelInstaller;
import io.github.whisperspeedtest.model.ModelPlace;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource.HubRepository;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.testkit.TestContexts;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.verify.ModelVerifier;
import io.github.whisperspeedtest.verify.Verdict;
import io.github.whisperspeedtest.verify.VerifyOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** MLX models as users have them: in their own Hugging Face cache, with the tokenizer of another repository. */
@Tag("processes")
class MlxModelsTest {
    private static final String TOKENIZER = "tokenizer.json";
    private static final String CONFIG = "config.json";
    private static final String WEIGHTS = "weights.safetensors";
    private static final String LENDER = "openai/whisper-tiny";
    private static final String QUANTIZED = "mlx-community/whisper-tiny-mlx-q4";
    private static final String PLAIN = "mlx-community/whisper-tiny-mlx";

    private final MlxImplementation implementation = TestContexts.configured(new MlxImplementation());

    @TempDir
    private Path directory;

    private Path hub;
    private ToolHome home;
    private ModelStore store;

    @BeforeEach
    void useHome() {
        hub = directory.resolve("hub");
        home = ToolHome.at(directory.resolve("home"));
        store = new ModelStore(home, hub);
    }

    @ParameterizedTest
    @CsvSource({
        "tiny, tiny, tiny-mlx-q4, tiny-mlx",
        "tiny.en, tiny.en, tiny.en-mlx-q4, tiny.en-mlx",
        "base, base, base-mlx,",
        "base.en, base.en, base.en-mlx,",
        "small, small, small-mlx-4bit, small-mlx",
        "small.en, small.en, small.en-mlx-4bit, small.en-mlx",
        "medium, medium, medium-mlx-8bit, medium-mlx",
        "medium.en, medium.en, medium.en-mlx-8bit, medium.en-mlx",
        "large, large-v3-turbo, large-v3-turbo,",
        "large-v2, large-v2, large-v2-mlx-4bit, large-v2-mlx",
        "large-v3, large-v3, large-v3-mlx-8bit, large-v3-mlx",
        "large-v3-turbo, large-v3-turbo, large-v3-turbo,"
    })
    void eachSizeHasRepositoryAndBorrowsTokenizer(String name, String size, String first, String fallback) {
        ModelInfo model = implementation.modelInfo(name, home.models());
        assertThat(model.fallbacks()).hasSize(fallback == null ? 0 : 1);
        Stream.concat(Stream.of(model), model.fallbacks().stream()).forEach(each -> {
            String repository = each == model ? first : fallback;
            assertThat(each.sources())
                    .containsExactly(
                            new HubRepository(
                                    "mlx-community/whisper-" + repository,
                                    "main",
                                    List.of(CONFIG, "weights.safetensors|model.safetensors|weights.npz")),
                            new HubRepository("openai/whisper-" + size, "main", List.of(TOKENIZER)));
            assertThat(each.hfCacheDir()).isEqualTo(home.models().resolve("mlx"));
            assertThat(each.expectedBytes()).isPositive();
        });
        assertThat(implementation.models(home.models())).hasSize(15);
    }

    @Test
    void offersEmbeddedModelInThreeQuantizations() {
        assertThat(List.of("micro", "micro-q8", "micro-f16"))
                .allSatisfy(name -> assertThat(implementation.load(store.filesOf(implementation, name), onnx()))
                        .satisfies(transcriber -> {
                            assertThat(transcriber.parameters().model()).isEqualTo(name);
                            transcriber.close();
                        }));
    }

    @ParameterizedTest
    @ValueSource(strings = {"weights.safetensors", "model.safetensors", "weights.npz"})
    void loadsWeightsWithAnyKnownFileName(String weights) throws IOException {
        Path cache = home.models().resolve("mlx");
        put(cache, QUANTIZED, CONFIG, embedded().require(CONFIG));
        assertThatThrownBy(() -> store.filesOf(implementation, "tiny"))
                .isInstanceOf(ModelException.class)
                .hasMessageContainingAll(
                        " has no file weights.safetensors or model.safetensors or weights.npz",
                        "download -i mlx -m tiny");

        put(cache, QUANTIZED, weights, weightsAs(weights));
        assertThatThrownBy(() -> store.filesOf(implementation, "tiny"))
                .isInstanceOf(ModelException.class)
                .hasMessageContainingAll("openai--whisper-tiny", "download -i mlx -m tiny");

        put(cache, LENDER, TOKENIZER, embedded().require(TOKENIZER));
        ModelFiles files = store.filesOf(implementation, "tiny");
        assertThat(files.byName()).containsOnlyKeys(CONFIG, weights, TOKENIZER);
        assertTranscribes(files);
        Verdict verdict = verify();
        assertThat(verdict.status()).as(verdict.reason()).isEqualTo(Verdict.Status.COMPLETE);
        assertThat(verdict.fallback()).isNull();
        assertThat(verdict.contents()).hasSize(3);
    }

    @Test
    void checksOwnCacheAndHubCacheIndependently() throws IOException {
        for (Path cache : List.of(hub, home.models().resolve("mlx"))) {
            put(cache, QUANTIZED, CONFIG, embedded().require(CONFIG));
            put(cache, QUANTIZED, WEIGHTS, embedded().require(WEIGHTS));
            put(cache, LENDER, TOKENIZER, embedded().require(TOKENIZER));
        }
        Path broken = store.filesOf(implementation, "tiny").require(WEIGHTS).toRealPath();
        byte[] content = Files.readAllBytes(broken);
        content[7] = 1;
        Files.write(broken, content);
        Verdict own = verify();
        assertThat(own.status()).isEqualTo(Verdict.Status.INCOMPLETE);
        assertThat(own.reason()).contains(WEIGHTS);
        assertThat(new ModelVerifier(home, hub)
                        .verify(implementation, "tiny", ModelPlace.HUB_CACHE, VerifyOptions.defaults())
                        .status())
                .isEqualTo(Verdict.Status.COMPLETE);
    }

    @Test
    void fallsBackToPlainRepositoryIfQuantizedOneIsMissing() throws IOException {
        try (HubServer server = HubServer.start()) {
            server.file(PLAIN, CONFIG, Files.readAllBytes(embedded().require(CONFIG)))
                    .largeFile(PLAIN, "weights.npz", Files.readAllBytes(weightsAs("weights.npz")))
                    .commit(PLAIN);
            server.file(LENDER, TOKENIZER, Files.readAllBytes(embedded().require(TOKENIZER)))
                    .largeFile(LENDER, "model.safetensors", new byte[] {1})
                    .commit(LENDER);
            Properties properties = new Properties();
            properties.setProperty(
                    HubAccess.ENDPOINT_PROPERTY, server.endpoint().toString());
            properties.setProperty(HubAccess.CACHE_PROPERTY, hub.toString());
            new ModelInstaller(home, HubAccess.settings(Settings.of(Map.of(), properties)))
                    .install(implementation, "tiny", DownloadListener.SILENT);
        }
        ModelFiles files = store.filesOf(implementation, "tiny");
        assertThat(files.byName()).containsOnlyKeys(CONFIG, "weights.npz", TOKENIZER);
        assertThat(files.byName().values())
                .allSatisfy(file -> assertThat(file).startsWith(home.models().resolve("mlx")));
        assertTranscribes(files);
        assertThat(verify().fallback()).isEqualTo(PLAIN);
    }

    private void assertTranscribes(ModelFiles files) throws IOException {
        SpeechSample sample = MicroSamples.named("en_single_04.flac");
        try (Transcriber transcriber = implementation.load(files, onnx());
                InputStream in = sample.open()) {
            assertThat(transcriber
                            .transcribe(AudioFiles.read(sample.name(), in), TranscribeOptions.defaults())
                            .text())
                    .isEqualTo(sample.reference());
        }
    }

    private static LoadOptions onnx() {
        return LoadOptions.defaults().withDevice(MlxImplementation.ONNX);
    }

    private Verdict verify() {
        return new ModelVerifier(home, hub)
                .verify(implementation, "tiny", ModelPlace.LOCAL_CACHE, VerifyOptions.defaults());
    }

    private static void put(Path cache, String repository, String name, Path content) throws IOException {
        String commit = CacheBuilder.commit(repository);
        new CacheBuilder(cache, repository)
                .linked(commit, name, Files.readAllBytes(content))
                .ref("main", commit);
    }

    /** Returns the embedded model's weights in the format that belongs to a file name. */
    private Path weightsAs(String name) throws IOException {
        Path changed = Files.createTempDirectory(directory, "weights");
        return new MlxDirectory(embedded().require(CONFIG).getParent(), changed)
                .writeWeights(name)
                .file(name);
    }

    private ModelFiles embedded() {
        return store.filesOf(implementation, EmbeddedModel.NAME);
    }
}
