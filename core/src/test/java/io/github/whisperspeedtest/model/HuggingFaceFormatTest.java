package io.github.whisperspeedtest.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.spi.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HuggingFaceFormatTest {
    @TempDir
    Path directory;

    /** MLX models have the same two file names, but OpenAI's names for the dimensions. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"num_mel_bins\": 80} | model.safetensors            | true",
                "{\"num_mel_bins\": 80} | model.safetensors.index.json | true",
                "{\"num_mel_bins\": 80} | model.bin                    | false",
                "{\"n_mels\": 80}       | model.safetensors            | false",
                "damaged                | model.safetensors            | true"
            })
    void recognisesItsFilesByTheirNamesAndTheDimensions(String config, String weights, boolean isRecognised)
            throws IOException {
        Files.writeString(directory.resolve("config.json"), config);
        Files.createFile(directory.resolve(weights));

        assertThat(new HuggingFaceFormat().recognises(ModelFiles.ofDirectory("m", directory)))
                .isEqualTo(isRecognised);
    }

    @ParameterizedTest
    @CsvSource({"config.json", "model.safetensors"})
    void singleFileIsNotAModel(String name) throws IOException {
        Files.writeString(directory.resolve(name), "{}");

        assertThat(new HuggingFaceFormat().recognises(ModelFiles.ofDirectory("m", directory)))
                .isFalse();
    }
}
