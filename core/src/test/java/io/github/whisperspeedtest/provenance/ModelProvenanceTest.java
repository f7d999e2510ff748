package io.github.whisperspeedtest.provenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelProvenanceTest {
    /** Repositories and files as they are published. */
    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
                    large,          ggml-large-v3.bin,               ggerganov/whisper.cpp,                     large-v3
                    large,          ggml-large-v3-turbo-q5_0.bin,    ggerganov/whisper.cpp,                     large-v3-turbo
                    tiny,           ggml-tiny.en-q8_0.bin,           ggerganov/whisper.cpp,                     tiny.en
                    large,          model.bin,                       Systran/faster-whisper-large-v3,           large-v3
                    turbo,          model.bin,                       mobiuslabsgmbh/faster-whisper-large-v3-turbo, large-v3-turbo
                    large,          model-00001-of-00002.safetensors, openai/whisper-large-v3,                  large-v3
                    large,          weights.safetensors,             mlx-community/whisper-large-v3-turbo,      large-v3-turbo
                    small,          weights.npz,                     mlx-community/whisper-small-mlx-4bit,      small
                    small,          weights.npz,                     mlx-community/whisper-small-mlx-q4,        small
                    small,          model.safetensors,               mlx-community/whisper-small-asr-fp16,      small-asr
                    distil,         model.bin,                       distil-whisper/distil-large-v3-ct2,        distil-large-v3
                    turbo,          turbo.pt,                        -,                                         large-v3-turbo
                    large-v3,       large-v3.pt,                     -,                                         large-v3
                    micro,          model.safetensors,               -,                                         micro
                    random-tiny:q8, model.safetensors,               -,                                         random-tiny
                    /models/mine,   model.safetensors,               -,                                         mine-tuned
                    """)
    void formatAndQuantizationDoNotCount(String typed, String file, @Nullable String repository, String expected) {
        UsedFile weights = new UsedFile(
                file, "/models/mine-tuned-ct2/" + file, repository, repository == null ? null : "c", 1, null);

        assertThat(new ModelProvenance(typed, List.of(weights)).trainedModel()).isEqualTo(expected);
    }

    @Test
    void companionsAndConfigurationsAreNoWeights() {
        ModelProvenance model = new ModelProvenance(
                "m",
                List.of(
                        file("config.json", 5),
                        file("model-00001-of-00002.safetensors", 1),
                        file("model-00002-of-00002.safetensors", 2),
                        file("silero-vad/silero_vad.onnx", 900)));

        assertThat(model.weights()).extracting(UsedFile::bytes).containsExactly(1L, 2L);
        assertThat(model.weightsHash()).isEqualTo("unknown unknown");
        assertThat(model.describe()).isEqualTo("model-00001-of-00002.safetensors and 1 more, sha256 unknown");
        assertThat(new ModelProvenance("m", List.of(file("a", 1), file("weights.ggml", 2))).weights())
                .as("the largest, where no name is known")
                .extracting(UsedFile::name)
                .containsExactly("weights.ggml");
    }

    @Test
    void pathsAreOnlyInTheLocation() {
        UsedFile local = new UsedFile("model.bin", "/home/you/model.bin", null, null, 1, null);
        UsedFile published = new UsedFile("model.bin", "/cache/model.bin", "owner/name", "0123456789abcdef", 1, null);

        assertThat(local.describe()).isEqualTo("model.bin");
        assertThat(local.location()).isEqualTo("/home/you/model.bin");
        assertThat(published.describe()).isEqualTo(published.location()).isEqualTo("owner/name@0123456789ab model.bin");
    }

    @Test
    void versionNamesTheCommit() {
        Properties properties = new Properties();
        assertThat(ToolVersion.commit(properties)).isEmpty();
        properties.setProperty("git.commit.id.full", "0123456789abcdef0123456789abcdef01234567");
        properties.setProperty("git.dirty", "false");
        assertThat(ToolVersion.commit(properties)).hasValue("0123456789abcdef0123456789abcdef01234567");
        properties.setProperty("git.dirty", "true");
        String commit = ToolVersion.commit(properties).orElseThrow();

        assertThat(new ToolVersion("1.0", commit).describe()).isEqualTo("1.0 (commit 0123456789ab-dirty)");
        assertThat(new ToolVersion("1.0", null).describe()).isEqualTo("1.0");
        assertThat(ToolVersion.current().version()).isNotBlank();
    }

    private static UsedFile file(String name, long bytes) {
        return new UsedFile(name, "/m/" + name, null, null, bytes, null);
    }
}
