package io.github.whisperspeedtest.coreml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.checkpoint.tensor.DataType;
import io.github.whisperspeedtest.checkpoint.tensor.Tensor;
import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.onnx.OnnxNetwork;
import io.github.whisperspeedtest.onnx.OnnxOptions;
import io.github.whisperspeedtest.onnx.graph.Precision;
import io.github.whisperspeedtest.onnx.session.OnnxRuntime;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.testkit.TestContexts;
import io.github.whisperspeedtest.transcription.EngineParameters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Loads the embedded model where there is no CoreML, so that it fails, or with a network on the CPU in its place. */
@Tag("end-to-end")
class CoreMlLoaderTest {
    private static final Checkpoint MICRO = EmbeddedModel.checkpoint();

    @TempDir
    private Path directory;

    private ModelFiles files;
    private final List<OnnxOptions> attempts = new ArrayList<>();

    @BeforeAll
    static void startRuntime() {
        OnnxRuntime.start(TestContexts.ofEngine());
    }

    @BeforeEach
    void writeModelFile() throws IOException {
        files = new ModelFiles("micro", Map.of("model.safetensors", Files.createFile(directory.resolve("model"))));
    }

    @Test
    void runsOnTheCpuIfCoreMlDoesNotLoad() {
        EngineParameters parameters = load(LoadOptions.defaults(), Precision.FLOAT16, (checkpoint, options) -> {
            if (options.coreMl() != null) {
                throw new EngineException("ONNX Runtime could not load the graph: Failed to create model URL from path."
                        + " Download the model again.");
            }
            return OnnxNetwork.load(checkpoint, options);
        });

        assertThat(parameters.device()).isEqualTo("CPU");
        assertThat(parameters.computeType()).isEqualTo("float32");
        assertThat(parameters.fallback()).isEqualTo("CoreML failed");
        assertThat(parameters.notes())
                .containsExactly("CoreML failed (ONNX Runtime could not load the graph: Failed to create model URL from"
                        + " path): all of it on the CPU provider");
        assertThat(attempts).extracting(OnnxOptions::coreMl).hasSize(2).last().isNull();
    }

    @Test
    void runsOnTheCpuIfTheProviderIsMissing() {
        assumeThat(OnnxRuntime.get().hasCoreMl()).isFalse();
        EngineParameters parameters = load(LoadOptions.defaults(), Precision.FLOAT32, OnnxNetwork::load);
        assertThat(parameters.device()).isEqualTo("CPU");
        assertThat(parameters.notes()).singleElement().asString().startsWith("CoreML failed (ONNX Runtime could not");
    }

    @Test
    void runsOnTheCpuIfCoreMlComputesNoNumbers() {
        EngineParameters parameters = load(
                LoadOptions.defaults(),
                Precision.FLOAT32,
                (checkpoint, options) ->
                        OnnxNetwork.load(options.coreMl() == null ? checkpoint : withoutNumbers(), onCpu(options)));
        assertThat(parameters.device()).isEqualTo("CPU");
        assertThat(parameters.notes()).singleElement().asString().contains("CoreML failed", "no numbers");
    }

    @Test
    void failsIfTheUserAskedForCoreMl() {
        LoadOptions options = LoadOptions.defaults().withDevice("coreml-gpu");
        assertThatThrownBy(() -> load(options, Precision.FLOAT32, CoreMlLoaderTest::failing))
                .isInstanceOf(EngineException.class)
                .hasMessage("CoreML cannot run this model on device coreml-gpu: no such layer."
                        + " Use device auto or cpu.");
        assertThat(attempts).hasSize(1);
    }

    /** The CPU provider has no float16. */
    @Test
    void failsIfTheUserAskedForATypeThatOnlyCoreMlHas() {
        LoadOptions options = LoadOptions.defaults().withComputeType("float16");
        assertThatThrownBy(() -> load(options, Precision.FLOAT16, CoreMlLoaderTest::failing))
                .hasMessageContaining("no such layer");
        assertThat(attempts).hasSize(1);
    }

    @Test
    void refusesCoreMlWithoutTheProvider() {
        LoadOptions options = LoadOptions.defaults().withDevice("coreml");
        assertThatThrownBy(() -> new CoreMlLoader(models(), false, OnnxNetwork::load)
                        .load(files, MICRO, options, Precision.FLOAT32))
                .isInstanceOf(UnsupportedOptionException.class);
    }

    @Test
    void keepsTheCompiledModel() {
        EngineParameters first = load(LoadOptions.defaults(), Precision.FLOAT32, CoreMlLoaderTest::compiling);
        EngineParameters second = load(LoadOptions.defaults(), Precision.FLOAT32, CoreMlLoaderTest::compiling);

        assertThat(first.device()).isEqualTo("CoreML (all compute units)");
        assertThat(first.fallback()).isNull();
        assertThat(first.notes().get(0)).isEqualTo("encoder on CoreML, decoder on the CPU");
        assertThat(first.notes().get(1)).matches("compiled in \\d+ ms");
        assertThat(first.notes().get(2)).matches("encoder: all \\d+ nodes on CPU");
        assertThat(second.notes().get(1)).matches("compiled before, loaded in \\d+ ms");
        assertThat(attempts)
                .allSatisfy(
                        options -> assertThat(options.coreMl().cacheDirectory()).isEqualTo(directory.resolve("cache")));
    }

    @Test
    void compilesAgainBeforeItUsesTheCpu() throws IOException {
        String key = ComputeUnits.ALL.cacheKey(files, Precision.FLOAT32);
        Files.createDirectories(directory.resolve("cache").resolve(key));
        Files.createFile(directory.resolve("cache").resolve(key).resolve("complete"));

        EngineParameters parameters = load(LoadOptions.defaults(), Precision.FLOAT32, (checkpoint, options) -> {
            if (attempts.size() == 1) {
                throw new EngineException("half-written");
            }
            return compiling(checkpoint, options);
        });

        assertThat(attempts).hasSize(2);
        assertThat(parameters.device()).isEqualTo("CoreML (all compute units)");
        assertThat(parameters.notes().get(1)).matches("compiled in \\d+ ms");
    }

    @ParameterizedTest
    @CsvSource({"384, 4, ALL", "768, 12, ALL", "1024, 24, CPU_AND_GPU", "1280, 32, CPU_AND_GPU"})
    void avoidsTheNeuralEngineFromMediumOn(int width, int layers, ComputeUnits expected) {
        assertThat(ComputeUnits.automatic(encoder(width, layers))).isEqualTo(expected);
    }

    @Test
    void tellsHowToUseTheNeuralEngine() {
        Checkpoint medium = new Checkpoint(encoder(1024, 24), MICRO.tensors(), MICRO.tokenizer(), MICRO.generation());
        CoreMlLoader loader = new CoreMlLoader(models(), true, (checkpoint, options) -> compiling(MICRO, options));

        CoreMlLoader.Loaded automatic = loader.load(files, medium, LoadOptions.defaults(), Precision.FLOAT32);
        CoreMlLoader.Loaded chosen =
                loader.load(files, medium, LoadOptions.defaults().withDevice("coreml"), Precision.FLOAT32);

        assertThat(automatic.device()).isEqualTo("CoreML (CPU and GPU)");
        assertThat(automatic.notes())
                .anyMatch(note -> note.contains("Neural Engine") && note.contains("--device coreml"));
        assertThat(chosen.device()).isEqualTo("CoreML (all compute units)");
        assertThat(chosen.notes()).noneMatch(note -> note.contains("Neural Engine"));
        automatic.network().close();
        chosen.network().close();
    }

    private CompiledModels models() {
        return CompiledModels.in(directory.resolve("cache"), directory);
    }

    private EngineParameters load(LoadOptions options, Precision precision, CoreMlLoader.NetworkLoader networks) {
        CoreMlLoader loader = new CoreMlLoader(models(), true, (checkpoint, onnx) -> {
            attempts.add(onnx);
            return networks.load(checkpoint, onnx);
        });
        CoreMlLoader.Loaded loaded = loader.load(files, MICRO, options, precision);
        try (OnnxNetwork network = loaded.network()) {
            assertThat(network.dimensions()).isEqualTo(MICRO.dimensions());
            return loaded.parameters(files, options);
        }
    }

    private static OnnxNetwork failing(Checkpoint checkpoint, OnnxOptions options) {
        throw new EngineException("no such layer. Download the model again.");
    }

    /** Leaves a compiled model, as CoreML would, and loads the network on the CPU. */
    private static OnnxNetwork compiling(Checkpoint checkpoint, OnnxOptions options) {
        try {
            Files.createDirectories(
                    options.coreMl().cacheDirectory().resolve(options.coreMl().cacheKey()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return OnnxNetwork.load(checkpoint, onCpu(options));
    }

    private static OnnxOptions onCpu(OnnxOptions options) {
        return new OnnxOptions(Precision.FLOAT32, options.threads(), options.encoderForm(), null);
    }

    private static Checkpoint withoutNumbers() {
        Map<String, Tensor> tensors = new LinkedHashMap<>(MICRO.tensors());
        String name = "encoder.conv1.bias";
        Tensor bias = tensors.get(name);
        ByteBuffer data =
                ByteBuffer.allocate((int) bias.elementCount() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.putFloat(0, Float.NaN);
        tensors.put(name, new Tensor(DataType.F32, bias.shape(), data));
        return new Checkpoint(MICRO.dimensions(), tensors, MICRO.tokenizer(), MICRO.generation());
    }

    private static ModelDimensions encoder(int width, int layers) {
        return new ModelDimensions(80, 1500, width, width / 64, layers, 51865, 448, width, width / 64, layers);
    }
}
