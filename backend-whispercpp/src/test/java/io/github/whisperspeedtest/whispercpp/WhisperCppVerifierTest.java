package io.github.whisperspeedtest.whispercpp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.hub.testing.CacheBuilder;
import io.github.whisperspeedtest.model.ModelPlace;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.testkit.TestContexts;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.verify.ModelVerifier;
import io.github.whisperspeedtest.verify.Verdict;
import io.github.whisperspeedtest.verify.Verdict.Problem;
import io.github.whisperspeedtest.verify.Verdict.Status;
import io.github.whisperspeedtest.verify.VerifyLevel;
import io.github.whisperspeedtest.verify.VerifyListener;
import io.github.whisperspeedtest.verify.VerifyOptions;
import io.github.whisperspeedtest.verify.VerifyRequest;
import io.github.whisperspeedtest.whispercpp.ggml.GgmlWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Checks caches with the layout of the hub's tools using the native loader. The embedded model replaces a published one. */
@Tag("processes")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the caches are built with links")
class WhisperCppVerifierTest {
    private static final String REPOSITORY = "ggerganov/whisper.cpp";
    private static final String FILE = "ggml-tiny-q5_1.bin";
    private static final String COMMIT = CacheBuilder.commit("new");

    @TempDir
    private static Path shared;

    private static byte[] model;

    @TempDir
    private Path temporary;

    private final WhisperCppImplementation implementation = TestContexts.configured(new WhisperCppImplementation());
    private ToolHome home;
    private Path hub;
    private ModelVerifier verifier;

    @BeforeAll
    static void writeModel() throws IOException {
        new GgmlWriter().write(EmbeddedModel.checkpoint(), "q5_1", shared, List.of("model.bin"));
        model = Files.readAllBytes(shared.resolve("model.bin"));
    }

    @BeforeEach
    void createVerifier() {
        home = ToolHome.at(temporary.resolve("home"));
        hub = temporary.resolve("hub");
        verifier = new ModelVerifier(home, hub);
    }

    @Test
    void modelInHubCacheIsCompleteAndLoads() throws IOException {
        CacheBuilder built = cache(model);

        Verdict verdict = verify(ModelPlace.HUB_CACHE, VerifyLevel.LOAD);

        assertThat(verdict.status()).as(verdict.reason()).isEqualTo(Status.COMPLETE);
        assertThat(verdict.runtime()).startsWith("whisper.cpp ");
        assertThat(verdict.bytesOnDisk()).isEqualTo(model.length);
        assertThat(verify(ModelPlace.HUB_CACHE, VerifyLevel.HASH).status()).isEqualTo(Status.COMPLETE);
        assertThat(verify(ModelPlace.LOCAL_CACHE, VerifyLevel.LOAD).status()).isEqualTo(Status.MISSING);
        var files = new ModelStore(home, hub).filesOf(implementation, "tiny");
        assertThat(files.single()).isEqualTo(built.snapshot(COMMIT).resolve(FILE));
        try (Transcriber transcriber = implementation.load(files, LoadOptions.defaults())) {
            assertThat(transcriber.parameters().model()).isEqualTo("tiny");
        }
    }

    @Test
    void truncatedBlobIsIncomplete() throws IOException {
        CacheBuilder built = cache(model);
        Files.write(
                built.directory().resolve("blobs").resolve(CacheBuilder.sha256(model)),
                Arrays.copyOf(model, model.length - 1));

        Verdict verdict = verify(ModelPlace.HUB_CACHE, VerifyLevel.LOAD);

        assertThat(verdict.status()).isEqualTo(Status.INCOMPLETE);
        assertThat(verdict.problem()).isEqualTo(Problem.REFUSED);
        assertThat(verdict.reason())
                .contains(built.snapshot(COMMIT).resolve(FILE).toString());
    }

    @Test
    void blobOfSameSizeWithOtherContentIsIncomplete() throws IOException {
        CacheBuilder built = cache(model);
        assertThat(verify(ModelPlace.HUB_CACHE, VerifyLevel.LOAD).status()).isEqualTo(Status.COMPLETE);

        Files.write(built.directory().resolve("blobs").resolve(CacheBuilder.sha256(model)), new byte[model.length]);

        assertThat(verify(ModelPlace.HUB_CACHE, VerifyLevel.LOAD).problem()).isEqualTo(Problem.REFUSED);
        assertThat(verify(ModelPlace.HUB_CACHE, VerifyLevel.HASH).problem()).isEqualTo(Problem.HASH);
    }

    @Test
    void modelIsMissingIfSharedRepositoryHoldsOnlyOtherSize() throws IOException {
        new CacheBuilder(hub, REPOSITORY).ref("main", COMMIT).linked(COMMIT, "ggml-small.bin", model);

        assertThat(verify(ModelPlace.HUB_CACHE, VerifyLevel.LOAD).status()).isEqualTo(Status.MISSING);
        assertThat(verifier.verify(implementation, "small", ModelPlace.HUB_CACHE, VerifyOptions.defaults())
                        .status())
                .isEqualTo(Status.COMPLETE);
    }

    @Test
    void checksBothPlacesIndependently() throws IOException {
        cache(model);
        Path plain = home.models().resolve("whispercpp").resolve(FILE);
        Files.createDirectories(plain.getParent());
        Files.write(plain, Arrays.copyOf(model, 1000));

        ModelInfo tiny = implementation.modelInfo("tiny", home.models());
        List<Verdict> verdicts = List.copyOf(verifier.verifyAll(
                        List.of(
                                new VerifyRequest(implementation, tiny, ModelPlace.HUB_CACHE),
                                new VerifyRequest(implementation, tiny, ModelPlace.LOCAL_CACHE)),
                        VerifyOptions.defaults(),
                        VerifyListener.NONE)
                .values());

        assertThat(verdicts).extracting(Verdict::status).containsExactly(Status.COMPLETE, Status.INCOMPLETE);
        assertThat(verdicts.get(1).reason()).contains(plain.toString());
    }

    @Test
    void unusedEmbeddedModelIsMissingAndNotWritten() {
        Verdict verdict =
                verifier.verify(implementation, EmbeddedModel.NAME, ModelPlace.LOCAL_CACHE, VerifyOptions.defaults());

        assertThat(verdict.status()).isEqualTo(Status.MISSING);
        assertThat(verdict.reason()).contains("is generated on first use");
        assertThat(home.models()).doesNotExist();
    }

    private Verdict verify(ModelPlace place, VerifyLevel level) {
        return verifier.verify(
                implementation, "tiny", place, VerifyOptions.defaults().withLevel(level));
    }

    private CacheBuilder cache(byte[] content) throws IOException {
        return new CacheBuilder(hub, REPOSITORY).ref("main", COMMIT).linked(COMMIT, FILE, content);
    }
}
