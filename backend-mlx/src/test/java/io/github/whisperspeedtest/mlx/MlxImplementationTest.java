package io.github.whisperspeedtest.mlx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.mlx.AnswersTask.Answers;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.process.ChildOutcome;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.Transcribers;
import io.github.whisperspeedtest.testkit.TestContexts;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests reports about engines, devices and weights. */
@Tag("end-to-end")
class MlxImplementationTest {
    private static final String LIBRARY = System.mapLibraryName("mlxc");

    @TempDir
    private static Path home;

    @Test
    void fallsBackToOnnxRuntimeWithReasonAndRemedy() {
        Answers answers = withoutMlx();

        assertThat(answers.availability()).isInstanceOfSatisfying(Availability.Available.class, available -> {
            assertThat(available.runtime()).startsWith("ONNX Runtime ");
            assertThat(available.device()).isEqualTo("CPU (ONNX Runtime)");
            assertThat(available.fallback()).isTrue();
            assertThat(available.note()).contains("There is no " + LIBRARY, "mlx-c");
        });
        EngineParameters automatic = answers.automatic();
        assertThat(automatic.runtime()).startsWith("ONNX Runtime ");
        assertThat(automatic.requestedDevice()).isEqualTo(LoadOptions.AUTO);
        assertThat(automatic.device()).isEqualTo("CPU (ONNX Runtime)");
        assertThat(automatic.computeType()).isEqualTo("4-bit");
        assertThat(automatic.notes())
                .anySatisfy(note -> assertThat(note)
                        .startsWith("no MLX here (There is no " + LIBRARY)
                        .endsWith("): ONNX Runtime on the CPU"))
                .anySatisfy(note -> assertThat(note).startsWith("4-bit weights "));
    }

    @Test
    void rejectsMlxDevicesWithRemedyIfMlxIsMissing() {
        Answers answers = withoutMlx();
        assertThat(answers.refusals()).containsOnlyKeys("gpu", "cpu");
        answers.refusals()
                .forEach((device, message) -> assertThat(message)
                        .contains("device=" + device, "There is no " + LIBRARY, "mlx-c", "device auto or onnx"));
    }

    @Test
    void listsLibrariesOfMlxAsEngineFiles() {
        assertThat(withoutMlx().engineFiles())
                .contains(home.toAbsolutePath().resolve(LIBRARY).toString());
    }

    @ParameterizedTest
    @CsvSource({
        "micro, auto, 4-bit, 4-bit weights kept",
        "micro, as-stored-int8, 4-bit int8, 4-bit weights kept",
        "micro, float32, float32 (from 4-bit in groups of 32), 4-bit weights dequantised",
        "micro, int8, int8 (from 4-bit in groups of 32), 4-bit weights dequantised",
        "micro-q8, auto, 8-bit, 8-bit weights kept",
        "micro-f16, auto, float32 (from float16),",
        "micro-f16, as-stored-int8, float32 (from float16),",
        "micro-f16, int4-blockwise, int4-blockwise (from float16),"
    })
    void reportsComputeTypeAndConversionOfWeights(String model, String asked, String computeType, String note) {
        LoadOptions options = portable().withComputeType(asked);
        try (Transcriber transcriber =
                TestContexts.configured(new MlxImplementation()).load(embedded(model), options)) {
            EngineParameters parameters = transcriber.parameters();
            assertThat(parameters.computeType()).isEqualTo(computeType);
            assertThat(parameters.notes()).startsWith("ONNX Runtime on the CPU, as requested");
            assertThat(parameters.notes()).hasSize(note == null ? 1 : 2);
            if (note != null) {
                assertThat(parameters.notes().get(1)).isEqualTo(note);
            }
        }
    }

    @Test
    void rejectsUnsupportedOptionsAndListsSupported() {
        assertRefused(portable().withComputeType("float16"), "compute-type=float16", "as-stored, ", "float32", "int8");
        assertRefused(LoadOptions.defaults().withDevice("mps"), "device=mps", "auto, gpu, cpu, onnx");
        assertRefused(portable().withThreads(1000), "threads=1000", "512");
    }

    private static void assertRefused(LoadOptions options, String... parts) {
        ModelFiles files = embedded("micro");
        MlxImplementation implementation = TestContexts.configured(new MlxImplementation());
        assertThatThrownBy(() -> Transcribers.open(implementation, TestContexts.of(implementation), files, options))
                .isInstanceOf(UnsupportedOptionException.class)
                .hasMessageContaining("'mlx'")
                .hasMessageContainingAll(parts);
    }

    private static LoadOptions portable() {
        return LoadOptions.defaults().withDevice(MlxImplementation.ONNX);
    }

    private static ModelFiles embedded(String model) {
        return new ModelStore(ToolHome.at(home), home.resolve("no-hub-cache"))
                .filesOf(TestContexts.configured(new MlxImplementation()), model);
    }

    /** Queries a process whose user set a directory without MLX. */
    private static Answers withoutMlx() {
        ChildJvm child = ChildJvm.builder()
                .addJvmArguments(List.of("-Dwhisperspeedtest.mlx.libdir=" + home))
                .build();
        ChildOutcome<Answers> outcome = child.run(AnswersTask.class, home.toString());
        assertThat(outcome).as(outcome.describe()).isInstanceOf(ChildOutcome.Completed.class);
        return ((ChildOutcome.Completed<Answers>) outcome).value();
    }
}
