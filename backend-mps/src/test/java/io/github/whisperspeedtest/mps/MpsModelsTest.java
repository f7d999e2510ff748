package io.github.whisperspeedtest.mps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.hub.testing.CacheBuilder;
import io.github.whisperspeedtest.model.ModelLocator;
import io.github.whisperspeedtest.model.ModelPlace;
import io.github.whisperspeedtest.model.ModelPresence;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource.DirectDownload;
import io.github.whisperspeedtest.spi.ModelSource.HubRepository;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.testkit.TestContexts;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenAI checkpoints as users have them: a plain weights file, and the tokenizer in the Hugging Face cache. */
class MpsModelsTest {
    private static final String TOKENIZER = "tokenizer.json";

    private final MpsImplementation implementation = TestContexts.configured(new MpsImplementation());

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

    @Test
    void downloadsWeightsFromOpenAiAndTokenizerFromHub() {
        assertThat(implementation.models(home.models()))
                .filteredOn(model -> !model.name().equals(EmbeddedModel.NAME))
                .hasSize(12)
                .allSatisfy(model -> {
                    DirectDownload weights = (DirectDownload) model.sources().get(0);
                    String size = model.name().equals("large") ? "large-v3" : model.name();
                    assertThat(weights.url().toString())
                            .startsWith("https://")
                            .endsWith("/" + weights.sha256() + "/" + size + ".pt");
                    assertThat(model.sources().subList(1, model.sources().size()))
                            .containsExactly(new HubRepository("openai/whisper-" + size, "main", List.of(TOKENIZER)));
                    assertThat(model.localPaths())
                            .containsExactly(home.models().resolve("mps").resolve(size + ".pt"));
                });
    }

    @Test
    void loadsPlainFileWithCachedTokenizer() throws IOException {
        putWeights("tiny.pt");
        assertThatThrownBy(() -> store.filesOf(implementation, "tiny"))
                .isInstanceOf(ModelException.class)
                .hasMessageContainingAll("openai--whisper-tiny", "download -i mps -m tiny");

        putTokenizer("openai/whisper-tiny");
        SpeechSample sample = MicroSamples.named("en_single_04.flac");
        try (Transcriber transcriber =
                        implementation.load(store.filesOf(implementation, "tiny"), LoadOptions.defaults());
                InputStream in = sample.open()) {
            assertThat(transcriber
                            .transcribe(AudioFiles.read(sample.name(), in), TranscribeOptions.defaults())
                            .text())
                    .isEqualTo(sample.reference());
        }
    }

    @Test
    void findsLargeModelUnderBothFileNames() throws IOException {
        putTokenizer("openai/whisper-large-v3");
        ModelInfo large = implementation.modelInfo("large", home.models());
        ModelLocator locator = new ModelLocator(hub);
        assertThat(locator.look(large, ModelPlace.LOCAL_CACHE).state()).isEqualTo(ModelPresence.State.MISSING);

        for (String name : List.of("large.pt", "large-v3.pt")) {
            putWeights(name);
            assertThat(store.filesOf(implementation, "large").byName()).containsOnlyKeys(name, TOKENIZER);
            ModelPresence found = locator.look(large, ModelPlace.LOCAL_CACHE);
            assertThat(found.isPresent()).isTrue();
            assertThat(found.files()).extracting("name").containsExactly(name, TOKENIZER);
        }
        assertThat(store.filesOf(implementation, "large-v3").byName()).containsKey("large-v3.pt");
    }

    @Test
    void userWeightsHaveTheirTokenizerOrBorrowOne() throws IOException {
        Path file = putWeights("mine.pt");
        putWeights("other.pt");
        assertThatThrownBy(() -> store.filesOf(implementation, file.toString()))
                .isInstanceOf(ModelException.class)
                .hasMessageContainingAll(
                        "https://huggingface.co/openai/whisper-tiny (" + TOKENIZER + ")",
                        "whisper-speedtest download -i mps -m " + file);

        putTokenizer("openai/whisper-tiny");
        ModelFiles borrowing = store.filesOf(implementation, file.toString());
        assertThat(borrowing.require(TOKENIZER)).startsWith(hub);
        assertThatCode(() ->
                        implementation.load(borrowing, LoadOptions.defaults()).close())
                .doesNotThrowAnyException();

        Path own = Files.copy(embedded().require(TOKENIZER), file.resolveSibling(TOKENIZER));
        assertThat(store.filesOf(implementation, file.toString()).require(TOKENIZER))
                .isEqualTo(own);
    }

    private Path putWeights(String name) throws IOException {
        Path target = home.models().resolve("mps").resolve(name);
        Files.createDirectories(target.getParent());
        return Files.copy(embedded().require(EmbeddedModel.NAME + ".pt"), target);
    }

    private void putTokenizer(String repository) throws IOException {
        String commit = CacheBuilder.commit(repository);
        new CacheBuilder(hub, repository)
                .linked(commit, TOKENIZER, Files.readAllBytes(embedded().require(TOKENIZER)))
                .ref("main", commit);
    }

    private ModelFiles embedded() {
        return store.filesOf(implementation, EmbeddedModel.NAME);
    }
}
