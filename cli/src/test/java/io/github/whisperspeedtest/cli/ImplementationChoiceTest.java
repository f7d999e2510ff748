package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.CheckpointReader;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImplementationChoiceTest {
    private static final Availability HERE = new Availability.Available("test 1.0", "CPU");
    private static final Availability MISSING = new Availability.Unavailable("there is no library for it", "none");

    @TempDir
    Path directory;

    @Test
    void choosesFirstAvailableImplementation() {
        assertThat(choose(
                        "tiny",
                        new Fake("a", MISSING, "x", "tiny"),
                        new Fake("b", HERE, "x", "tiny"),
                        new Fake("c", HERE, "x", "tiny")))
                .isEqualTo("b");
    }

    @Test
    void choosesAnImplementationThatKnowsTheName() {
        assertThat(choose("turbo", new Fake("a", HERE, "x", "tiny"), new Fake("b", HERE, "x", "turbo")))
                .isEqualTo("b");
    }

    @Test
    void unknownNameIsUsageError() {
        assertThatThrownBy(() -> choose("gigantic", new Fake("a", HERE, "x", "tiny")))
                .isInstanceOf(UnknownNameException.class)
                .hasMessageContaining("no model 'gigantic'");
    }

    @Test
    void choosesImplementationByFormatOfPath() throws IOException {
        String path = file("model.y");
        assertThat(choose(path, new Fake("a", HERE, "x"), new Fake("b", HERE, "y")))
                .isEqualTo("b");
    }

    @Test
    void implementationsWithoutAReaderComeLast() throws IOException {
        Implementation silent = new Fake("a", HERE, "");
        Implementation fallback = new Fake("b", new Availability.Available("test 1.0", "CPU", true), "y");
        assertThat(choose(file("model.y"), silent, fallback)).isEqualTo("b");
        assertThat(choose(file("model.z"), silent, fallback)).isEqualTo("a");
    }

    @Test
    void knownNameTakesPrecedenceOverFile() throws IOException {
        String path = file("model.y");
        assertThat(choose(path, new Fake("a", HERE, "x", path), new Fake("b", HERE, "y")))
                .isEqualTo("a");
    }

    @Test
    void unknownFormatIsModelError() throws IOException {
        String path = file("model.z");
        assertThatThrownBy(() -> choose(path, new Fake("a", HERE, "x"), new Fake("b", MISSING, "y")))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(
                        "No implementation can load this model: " + path + " is not in the format of a, b.");
    }

    @Test
    void listsTheMissingRequirementsOfCandidates() throws IOException {
        String path = file("model.y");
        assertThatThrownBy(() -> choose(path, new Fake("a", HERE, "x"), new Fake("b", MISSING, "y")))
                .isInstanceOf(EngineUnavailableException.class)
                .hasMessage("No implementation can run here. b: there is no library for it. Also, " + path
                        + " is not in the format of a. Run 'whisper-speedtest list' for the requirements.");
    }

    private String choose(String model, Implementation... implementations) {
        return new ImplementationChoice(
                        List.of(implementations),
                        new ModelStore(new ToolHome(directory, directory), directory.resolve("hub")))
                .forModel(model);
    }

    private String file(String name) throws IOException {
        return Files.writeString(directory.resolve(name), "").toString();
    }

    /** Recognises files by extension; without an extension, it has no reader. */
    private record Fake(String id, Availability availability, String format, String... known)
            implements Implementation {
        @Override
        public List<ModelInfo> models(Path modelsDirectory) {
            return List.of(known).stream()
                    .map(name -> ModelInfo.ofLocalFiles(
                            name,
                            List.of(new ModelSource.Embedded("f16")),
                            List.of(modelsDirectory.resolve("file")),
                            0))
                    .toList();
        }

        @Override
        public Optional<CheckpointReader> checkpointReader() {
            if (format.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new CheckpointReader() {
                @Override
                public boolean recognises(ModelFiles files) {
                    return files.model().endsWith("." + format);
                }

                @Override
                public Checkpoint read(ModelFiles files) {
                    throw new AssertionError("choosing reads no weights");
                }
            });
        }

        @Override
        public Transcriber load(ModelFiles files, LoadOptions options) {
            throw new AssertionError("choosing loads nothing");
        }
    }
}
