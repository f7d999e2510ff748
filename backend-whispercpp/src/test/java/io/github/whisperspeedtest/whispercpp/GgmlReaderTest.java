package io.github.whisperspeedtest.whispercpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.testkit.TestContexts;
import io.github.whisperspeedtest.whispercpp.ggml.GgmlTestFile;
import io.github.whisperspeedtest.whispercpp.ggml.GgmlWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GgmlReaderTest {
    private final GgmlReader reader = new GgmlReader();

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "ggml-base.bin, true",
        "my-model.bin, true",
        "model.bin, false",
        "pytorch_model.bin, false",
        "notes.txt, false",
        "tiny.pt, false"
    })
    void recognisesSingleFileByName(String name, boolean recognised) throws IOException {
        Path file = Files.writeString(directory.resolve(name), "GGUF or anything else");
        assertThat(reader.recognises(ModelFiles.of("m", List.of(file)))).isEqualTo(recognised);
    }

    @Test
    void recognisesSingleFileByItsFirstBytes() throws IOException {
        Path file = Files.writeString(directory.resolve("weights"), "lmgg and so on");
        assertThat(reader.recognises(ModelFiles.of("m", List.of(file)))).isTrue();
        assertThat(reader.recognises(ModelFiles.of("m", List.of(directory.resolve("absent")))))
                .isFalse();
    }

    @Test
    void readsTheOneGgmlFileOfADirectory() throws IOException {
        Files.writeString(directory.resolve("README.md"), "About this model");
        assertThat(reader.recognises(ModelFiles.ofDirectory("m", directory))).isFalse();
        new GgmlWriter().write(EmbeddedModel.checkpoint(), "q5_0", directory, List.of("ggml-micro.bin"));

        ModelFiles files = ModelFiles.ofDirectory("m", directory);
        assertThat(reader.recognises(files)).isTrue();
        assertThat(reader.read(files).dequantizedFrom()).contains("q5_0");

        Files.writeString(directory.resolve("ggml-other.bin"), "");
        assertThatThrownBy(() -> reader.read(ModelFiles.ofDirectory("m", directory)))
                .isInstanceOf(ModelException.class)
                .hasMessage("Model 'm' should have one GGML file, but has [ggml-micro.bin, ggml-other.bin]."
                        + " Give the path of the file.");
    }

    /** A source of conversions, but the bundled whisper.cpp aborts in the encoder. */
    @Test
    void thirtyTwoBitsCanBeReadButNotRun() throws IOException {
        Path file = GgmlTestFile.writeF32(directory.resolve("ggml-f32.bin"));
        ModelFiles files = ModelFiles.of("m", List.of(file));
        WhisperCppImplementation implementation = TestContexts.configured(new WhisperCppImplementation());

        assertThat(implementation.checkpointReader().orElseThrow().read(files).storedType())
                .isEqualTo("float32");
        assertThat(implementation.inspect(files)).isTrue();
        assertThatThrownBy(() -> implementation.load(files, LoadOptions.defaults()))
                .isInstanceOf(ModelException.class)
                .hasMessageContainingAll(
                        file + " cannot be used with whisper.cpp 1.7.1", "it stores f32 weights", "since 1.9.2");
    }
}
