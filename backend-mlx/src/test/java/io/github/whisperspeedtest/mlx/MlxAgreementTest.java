package io.github.whisperspeedtest.mlx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.checkpoint.SpeechSample;
import io.github.whisperspeedtest.mlx.bindings.RealMlx;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.testing.MicroSamples;
import io.github.whisperspeedtest.testkit.TestContexts;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the texts of MLX and ONNX Runtime with the same weights. Requires MLX. */
@Tag("end-to-end")
@RealMlx
class MlxAgreementTest {
    @TempDir
    private static Path home;

    @Test
    void reportsPrecision() {
        MlxImplementation implementation = TestContexts.configured(new MlxImplementation());
        ModelFiles files = embedded(implementation, "micro");
        LoadOptions options = LoadOptions.defaults().withDevice("cpu").withComputeType("bfloat16");
        try (Transcriber transcriber = implementation.load(files, options)) {
            EngineParameters parameters = transcriber.parameters();
            assertThat(parameters.runtime()).startsWith("MLX ");
            assertThat(parameters.device()).isEqualTo("CPU");
            assertThat(parameters.computeType()).isEqualTo("4-bit");
            assertThat(parameters.notes()).contains("computed in bfloat16");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"micro", "micro-q8", "micro-f16"})
    void bothEnginesWriteSameText(String model) throws IOException {
        MlxImplementation implementation = TestContexts.configured(new MlxImplementation());
        ModelFiles files = embedded(implementation, model);
        LoadOptions options = LoadOptions.defaults();
        try (Transcriber mlx = implementation.load(files, options);
                Transcriber onnx = implementation.load(files, options.withDevice(MlxImplementation.ONNX))) {
            assertThat(mlx.parameters().runtime()).startsWith("MLX ");
            for (SpeechSample sample : MicroSamples.all()) {
                try (InputStream in = sample.open()) {
                    Audio audio = AudioFiles.read(sample.name(), in);
                    assertThat(mlx.transcribe(audio, TranscribeOptions.defaults())
                                    .text())
                            .as(sample.name())
                            .isEqualTo(onnx.transcribe(audio, TranscribeOptions.defaults())
                                    .text());
                }
            }
        }
    }

    private static ModelFiles embedded(MlxImplementation implementation, String model) {
        return new ModelStore(ToolHome.at(home), home.resolve("no-hub-cache")).filesOf(implementation, model);
    }
}
