package io.github.whisperspeedtest.whispercpp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.hub.DownloadListener;
import io.github.whisperspeedtest.hub.HubSettings;
import io.github.whisperspeedtest.hub.testing.HubServer;
import io.github.whisperspeedtest.model.ModelInstaller;
import io.github.whisperspeedtest.model.ModelLocator;
import io.github.whisperspeedtest.model.ModelPresence;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.testkit.TestContexts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The encoder for Core ML of published models, as if on a Mac. Core ML itself does not run here. */
class CoreMlEncoderTest {
    private static final String REPOSITORY = "ggerganov/whisper.cpp";
    private static final String ENCODER = "ggml-base-encoder.mlmodelc";
    private static final byte[] MODEL = {1, 2, 3};
    private static final byte[] WEIGHTS = HubServer.content(50_000, 1);

    /** The lines of whisper.cpp 1.7.1 to 1.9.3. */
    private static final String LOADING =
            "whisper_init_state: loading Core ML model from '/models/ggml-base-encoder.mlmodelc'\n"
                    + "whisper_init_state: first run on a device may take a while ...\n";

    private static final String LOADED = LOADING + "whisper_init_state: Core ML model loaded\n";
    private static final String NOT_LOADED =
            LOADING + "whisper_init_state: failed to load Core ML model from '/models/ggml-base-encoder.mlmodelc'\n";

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "/m/ggml-base.en.bin, /m/ggml-base.en-encoder.mlmodelc",
        "/m/ggml-base.en-q5_1.bin, /m/ggml-base.en-encoder.mlmodelc",
        "/m/ggml-large-v3-turbo-q5_0.bin, /m/ggml-large-v3-turbo-encoder.mlmodelc",
        "/m/ggml-large-v3.bin, /m/ggml-large-v3-encoder.mlmodelc",
        "/m/ggml-small-q4_k.bin, /m/ggml-small-encoder.mlmodelc",
        "/m/ggml-small-q3_K_M.bin, /m/ggml-small-q3_K_M-encoder.mlmodelc",
        "/m/ggml-small-f16.bin, /m/ggml-small-f16-encoder.mlmodelc",
        "/m/ggml-small-q5_0, /m/ggml-small-encoder.mlmodelc",
        "/m.d/model, /m-encoder.mlmodelc",
        "model.bin, model-encoder.mlmodelc",
    })
    void looksWhereWhisperCppLooks(Path model, Path encoder) {
        assertThat(CoreMlEncoder.pathFor(model)).isEqualTo(encoder);
    }

    @Test
    void readsFromTheLogWhetherCoreMlRuns() {
        Path model = Path.of("/models/ggml-base-q5_1.bin");
        assertThat(CoreMlEncoder.loaded(LOADED)).hasValue("with the encoder on Core ML");
        assertThat(CoreMlEncoder.fallback(model, LOADED)).isEmpty();
        assertThat(CoreMlEncoder.advice(model, LOADED)).isEmpty();

        assertThat(CoreMlEncoder.loaded(NOT_LOADED)).isEmpty();
        assertThat(CoreMlEncoder.fallback(model, NOT_LOADED))
                .hasValue("Core ML could not load " + Path.of("/models/ggml-base-encoder.mlmodelc"));
        assertThat(CoreMlEncoder.advice(model, NOT_LOADED))
                .hasValueSatisfying(advice -> assertThat(advice).contains("WHISPER_COREML_ALLOW_FALLBACK=ON"));

        String without = "whisper_init_state: kv self size = 3.15 MB\n";
        assertThat(CoreMlEncoder.loaded(without)).isEmpty();
        assertThat(CoreMlEncoder.fallback(model, without)).isEmpty();
    }

    @Test
    void deviceSaysThatTheEncoderIsOnCoreMl() {
        WhisperCppRuntime runtime =
                WhisperCppRuntime.start(TestContexts.of(new WhisperCppImplementation()), LoadOptions.AUTO);

        assertThat(WhisperCppTranscriber.device(runtime, LOADED))
                .isEqualTo(runtime.cpu() + " with the encoder on Core ML");
        assertThat(WhisperCppTranscriber.device(runtime, "whisper_backend_init_gpu: using Metal backend\n" + LOADED))
                .isEqualTo("GPU (Metal) with the encoder on Core ML");
        assertThat(WhisperCppTranscriber.device(runtime, NOT_LOADED)).isEqualTo(runtime.cpu());
    }

    @Test
    void publishedModelsHaveTheirEncodersOnMacOnly() {
        for (WhisperCppImplementation linux : List.of(on("Linux"), on("Windows 11"))) {
            assertThat(all(linux))
                    .noneMatch(model -> model.companions().stream()
                            .anyMatch(companion -> companion.archive().isPresent()));
        }
        WhisperCppImplementation mac = on("Mac OS X");
        assertThat(all(mac)).allSatisfy(model -> {
            boolean hasEncoder = model.repositories().stream()
                    .anyMatch(source -> source.repository().equals(REPOSITORY));
            assertThat(model.companions()).as(model.name()).hasSize(hasEncoder ? 1 : 0);
            model.companions()
                    .forEach(encoder -> assertThat(encoder.localPaths())
                            .as("where whisper.cpp looks")
                            .containsExactly(
                                    CoreMlEncoder.pathFor(model.localPaths().get(0))));
        });
        assertThat(encoderOf(mac, "base")).isEqualTo(encoderOf(mac, "base-f16")).isEqualTo(encoderOf(mac, "base-q8_0"));
        assertThat(encoderOf(mac, "large").name()).isEqualTo("ggml-large-v3-turbo-encoder.mlmodelc");
        assertThat(encoderOf(mac, "medium.en").expectedBytes()).isEqualTo(567_000_000);
    }

    @Test
    void downloadsOneEncoderForAllQuantizations() throws IOException {
        try (HubServer hub = hub()) {
            WhisperCppImplementation mac = on("Mac OS X");
            ModelInfo quantized = install(hub, mac, "base");
            Path model = quantized.localPaths().get(0);
            assertThat(model).hasBinaryContent(MODEL);
            assertThat(CoreMlEncoder.pathFor(model).resolve("weights/weight.bin"))
                    .hasBinaryContent(WEIGHTS);
            assertThat(hub.received())
                    .filteredOn(request -> request.target().contains(ENCODER))
                    .isNotEmpty();

            hub.clearReceived();
            ModelInfo plain = install(hub, mac, "base-f16");
            assertThat(plain.localPaths()).isNotEqualTo(quantized.localPaths());
            assertThat(CoreMlEncoder.pathFor(plain.localPaths().get(0))).isEqualTo(CoreMlEncoder.pathFor(model));
            assertThat(hub.received()).noneMatch(request -> request.target().contains(ENCODER));

            ModelFiles files = new ModelStore(home(), directory.resolve("hub")).filesOf(mac, "base");
            assertThat(files.byName()).containsKey(ENCODER + "/weights/weight.bin");
            assertThat(CoreMlEncoder.withoutEncoder(files).single()).isEqualTo(model);
        }
    }

    @Test
    void modelOfTheUserHasNoEncoderOfAnotherModel() throws IOException {
        try (HubServer hub = hub()) {
            WhisperCppImplementation mac = on("Mac OS X");
            install(hub, mac, "base");
            Path own = Files.write(directory.resolve("own.bin"), MODEL);

            assertThat(new ModelStore(home(), directory.resolve("hub"))
                            .filesOf(mac, own.toString())
                            .byName())
                    .containsOnlyKeys("own.bin");
        }
    }

    @Test
    void namesAndRepairsDamagedEncoder() throws IOException {
        try (HubServer hub = hub()) {
            WhisperCppImplementation mac = on("Mac OS X");
            install(hub, mac, "base");
            ModelInfo encoder = encoderOf(mac, "base");
            Path weights = encoder.localPaths().get(0).resolve("weights/weight.bin");
            Files.write(weights, MODEL);

            ModelPresence damaged = new ModelLocator(directory.resolve("hub")).lookForCompanion(encoder);
            assertThat(damaged.state()).isEqualTo(ModelPresence.State.INCOMPLETE);
            assertThat(damaged.reason()).isEqualTo(weights + " has 3 bytes, but was unpacked with 50000.");
            assertThat(installer(hub).installCompanion(mac, encoder, DownloadListener.SILENT))
                    .isTrue();
            assertThat(weights).hasBinaryContent(WEIGHTS);
            assertThat(installer(hub).installCompanion(mac, encoder, DownloadListener.SILENT))
                    .isFalse();
        }
    }

    @Test
    void downloadsNoEncoderOnOtherSystems() throws IOException {
        try (HubServer hub = hub()) {
            ModelInfo model = install(hub, on("Linux"), "base");

            assertThat(hub.received()).noneMatch(request -> request.target().contains(ENCODER));
            try (Stream<Path> content = Files.list(model.localPaths().get(0).getParent())) {
                assertThat(content).containsExactly(model.localPaths().get(0));
            }
        }
    }

    private WhisperCppImplementation on(String operatingSystem) {
        WhisperCppImplementation implementation = new WhisperCppImplementation();
        implementation.configure(new ImplementationContext(
                directory, directory, directory, Settings.none().withProperty("os.name", operatingSystem)));
        return implementation;
    }

    private static HubServer hub() throws IOException {
        HubServer hub = HubServer.start()
                .largeFile(REPOSITORY, "ggml-base-q5_1.bin", MODEL)
                .largeFile(REPOSITORY, "ggml-base.bin", new byte[] {4, 5})
                .largeFile(REPOSITORY, ENCODER + ".zip", archive());
        hub.commit(REPOSITORY);
        return hub;
    }

    private static byte[] archive() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(ENCODER + "/"));
            for (String name : List.of("coremldata.bin", "model.mil", "weights/weight.bin")) {
                zip.putNextEntry(new ZipEntry(ENCODER + "/" + name));
                zip.write(name.startsWith("weights") ? WEIGHTS : MODEL);
            }
        }
        return bytes.toByteArray();
    }

    private ModelInfo install(HubServer hub, WhisperCppImplementation implementation, String model) {
        return installer(hub).install(implementation, model, DownloadListener.SILENT);
    }

    private ModelInstaller installer(HubServer hub) {
        return new ModelInstaller(
                home(),
                HubSettings.builder()
                        .endpoint(hub.endpoint())
                        .cacheDirectory(directory.resolve("hub"))
                        .build());
    }

    private ToolHome home() {
        return ToolHome.at(directory.resolve("home"));
    }

    private ModelInfo encoderOf(WhisperCppImplementation implementation, String model) {
        return implementation.modelInfo(model, home().models()).companions().get(0);
    }

    private List<ModelInfo> all(WhisperCppImplementation implementation) {
        return Stream.concat(
                        implementation.models(home().models()).stream(),
                        implementation.variants(home().models()).stream())
                .toList();
    }
}
