package io.github.whisperspeedtest.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.files.FileTrees;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.CheckpointWriter;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvertedModelsTest {
    @TempDir
    Path directory;

    private final Implementation implementation = new HuggingFace();
    private ConvertedModels models;
    private Path model;

    @BeforeEach
    void useHome() {
        models = new ConvertedModels(ToolHome.at(directory));
        model = models.directory(implementation, "mine");
    }

    @Test
    void replacesWholeDirectory() throws IOException {
        write(files -> {});
        Path description = model.resolve("preprocessor_config.json");
        String content = Files.readString(description);
        Files.writeString(description, "{\"feature_size\": 128}");
        Files.writeString(model.resolve("generation_config.json"), "{}");
        Files.writeString(model.resolve("left-over.txt"), "of another model");

        write(files -> assertThat(model.resolve("left-over.txt"))
                .as("while the new one is checked")
                .exists());

        assertThat(description).hasContent(content);
        assertThat(model.resolve("generation_config.json")).content().isNotEqualTo("{}");
        assertThat(model.resolve("left-over.txt")).doesNotExist();
        assertNothingBeside();
    }

    @Test
    void rejectedModelKeepsOldModel() throws IOException {
        write(files -> {});
        Files.writeString(model.resolve("left-over.txt"), "mine");
        ModelException refusal = new ModelException("does not load");

        assertThatThrownBy(() -> write(files -> {
                    throw refusal;
                }))
                .isSameAs(refusal);

        assertThat(model.resolve("left-over.txt")).hasContent("mine");
        assertNothingBeside();
    }

    @Test
    void restoresOldModelIfReplacementFails() throws IOException {
        write(files -> {});
        Files.writeString(model.resolve("left-over.txt"), "mine");

        assertThatThrownBy(() -> write(files -> {
                    try {
                        FileTrees.delete(files.require("config.json").getParent());
                        Files.createDirectory(model.resolve("in-use"));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }))
                .isInstanceOf(EngineUnavailableException.class)
                .hasMessageContaining(model.toString());

        assertThat(model.resolve("left-over.txt")).hasContent("mine");
        assertThat(model.resolve("in-use")).exists();
        assertNothingBeside();
    }

    @Test
    void interruptKeepsOldModel() throws IOException {
        write(files -> {});
        Files.writeString(model.resolve("left-over.txt"), "mine");

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> write(files -> {}))
                .isInstanceOf(OperationCancelledException.class)
                .hasMessageContaining(model + " was interrupted");
        assertThat(Thread.interrupted()).isTrue();

        assertThat(model.resolve("left-over.txt")).hasContent("mine");
        assertNothingBeside();
    }

    private void write(ConvertedModels.Check check) {
        models.write(implementation, "mine", EmbeddedModel.checkpoint(), "f16", check);
    }

    private void assertNothingBeside() throws IOException {
        try (Stream<Path> content = Files.list(model.getParent())) {
            assertThat(content).containsExactly(model);
        }
    }

    private static final class HuggingFace implements Implementation {
        @Override
        public String id() {
            return "hugging-face";
        }

        @Override
        public Availability availability() {
            return new Availability.Available("test 1.0", "CPU");
        }

        @Override
        public List<ModelInfo> models(Path modelsDirectory) {
            return List.of();
        }

        @Override
        public Optional<CheckpointWriter> checkpointWriter() {
            return Optional.of(new HuggingFaceFormat());
        }

        @Override
        public Transcriber load(ModelFiles files, LoadOptions options) {
            throw new AssertionError("writing a model does not load it");
        }
    }
}
