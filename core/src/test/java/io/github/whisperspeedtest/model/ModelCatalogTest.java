package io.github.whisperspeedtest.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.error.DownloadException;
import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.CheckpointWriter;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import io.github.whisperspeedtest.spi.SileroModel;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ModelCatalogTest {
    @TempDir
    Path directory;

    private final Implementation writing = new Writing();
    private ToolHome home;
    private ModelCatalog catalog;

    @BeforeEach
    void useHome() {
        home = ToolHome.at(directory);
        catalog = new ModelCatalog(home.models());
    }

    @Test
    void listsKnownAndConvertedModels() throws IOException {
        converted("writing", "mine");
        converted("writing", "own");
        converted("writing", ".mine-being-written");
        converted("another", "theirs");
        Files.writeString(home.models().resolve("converted/writing/file"), "");

        assertThat(catalog.models(writing)).extracting(ModelInfo::name).containsExactly("own", "mine");
        assertThat(catalog.models(new Reading()))
                .extracting(ModelInfo::name)
                .as("without a writer nothing can have been converted")
                .containsExactly("own");
    }

    @Test
    void everyModelHasVoiceActivityDetector() throws IOException {
        converted("writing", "mine");
        assertThat(catalog.models(writing))
                .hasSize(2)
                .allSatisfy(model -> assertThat(model.companions())
                        .extracting(ModelInfo::name)
                        .containsExactly("helper", SileroModel.NAME));
        assertThat(catalog.require(writing, "own").companions()).contains(SileroModel.info());
        assertThat(catalog.companions(writing)).contains(SileroModel.info());
    }

    @Test
    void knownNameTakesPrecedence() throws IOException {
        converted("writing", "own");

        assertThat(catalog.require(writing, "own").localPaths())
                .containsExactly(home.models().resolve("own.bin"));
    }

    @Test
    void convertedModelHasItsOwnDirectory() throws IOException {
        Path mine = converted("writing", "mine");
        Files.writeString(mine.resolve("mine.bin"), "weights");

        ModelInfo info = catalog.require(writing, "mine");
        assertThat(info.localPaths()).containsExactly(mine.resolve("mine.bin"), mine.resolve("tokens.txt"));
        assertThat(info.companions()).extracting(ModelInfo::name).containsExactly("helper", SileroModel.NAME);
        assertThatThrownBy(() -> new ModelStore(home, directory.resolve("hub")).filesOf(writing, "mine"))
                .isInstanceOf(ModelException.class)
                .hasMessage("Model 'mine' of implementation 'writing' is missing or incomplete. "
                        + mine.resolve("tokens.txt")
                        + " does not exist. It comes from another model. Convert it again:"
                        + " whisper-speedtest convert SOURCE --to writing --name mine --force");
        assertThatThrownBy(() -> new ModelInstaller(
                                home,
                                HubAccess.settings(
                                        Settings.of(Map.of("HF_HOME", directory.toString()), new Properties())))
                        .install(writing, "mine", progress -> {}))
                .isInstanceOf(DownloadException.class)
                .hasMessageContaining("whisper-speedtest convert SOURCE --to writing --name mine --force");

        Files.writeString(mine.resolve("tokens.txt"), "tokens");
        assertThat(new ModelStore(home, directory.resolve("hub")).filesOf(writing, "mine"))
                .isEqualTo(ModelFiles.of("mine", List.of(mine.resolve("mine.bin"), mine.resolve("tokens.txt"))));
    }

    @Test
    void writesRandomModelOnFirstUse() {
        ModelStore store = new ModelStore(home, directory.resolve("hub"));
        Path first = home.models().resolve("random/tiny-1/writing-q4");
        Path second = home.models().resolve("random/tiny-1/writing-f16");

        assertThat(store.filesOf(writing, "random-tiny").require("random-tiny-q4.bin"))
                .isEqualTo(first.resolve("random-tiny-q4.bin"))
                .hasContent("q4 384");
        assertThat(store.filesOf(writing, "random-tiny:f16").byName().values())
                .containsExactly(second.resolve("random-tiny-f16.bin"), second.resolve("tokens.txt"));
        assertThat(store.filesOf(writing, "random-base").require("random-base-q4.bin"))
                .hasContent("q4 512");
        assertThat(catalog.models(writing)).extracting(ModelInfo::name).containsExactly("own");
    }

    @Test
    void namesRandomModelThatCannotBeWritten() throws IOException {
        Files.createDirectories(home.models());
        Files.writeString(home.models().resolve("random"), "in the way");

        assertThatThrownBy(() -> new ModelStore(home, directory.resolve("hub")).filesOf(writing, "random-tiny"))
                .isInstanceOf(EngineUnavailableException.class)
                .hasMessageStartingWith("Cannot write model 'random-tiny' to ")
                .hasMessageEndingWith("Set WHISPER_SPEEDTEST_HOME to a writable directory with enough space.");
    }

    @Test
    void unknownNameListsKnownModels() throws IOException {
        assertRefused(writing, "gigantic", "Implementation 'writing' has no model 'gigantic'. Available models: own.");
        converted("writing", "mine");
        assertRefused(
                writing,
                "gigantic",
                "Implementation 'writing' has no model 'gigantic'. Available models: own. Converted models: mine.");
        assertRefused(
                writing,
                "random-huge",
                "Unknown model 'random-huge'. Models with random weights: random-tiny, random-base,"
                        + " random-small, random-medium, random-large-v3-turbo, random-large-v3.");
        assertRefused(
                writing,
                "random-tiny:q9",
                "Implementation 'writing' has no model 'random-tiny:q9': unknown quantization 'q9'."
                        + " Supported quantizations: q4, f16.");
        assertRefused(
                new Reading(),
                "random-tiny",
                "Implementation 'reading' has no model 'random-tiny', because this tool cannot write its format.");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void reportsUnreadableConvertedModelsOnlyIfNeeded() throws IOException {
        Path unreadable = converted("writing", "mine").getParent();
        Files.setPosixFilePermissions(unreadable, Set.of());
        try {
            assumeThat(Files.isReadable(unreadable)).as("for root it is").isFalse();

            assertThat(catalog.require(writing, "own").name()).isEqualTo("own");
            assertThatThrownBy(() -> catalog.require(writing, "mine"))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining(unreadable.toString());
            assertThatThrownBy(() -> catalog.models(writing)).isInstanceOf(ModelException.class);
        } finally {
            Files.setPosixFilePermissions(unreadable, PosixFilePermissions.fromString("rwx------"));
        }
    }

    private void assertRefused(Implementation implementation, String name, String message) {
        assertThatThrownBy(() -> catalog.require(implementation, name))
                .isInstanceOf(UnknownNameException.class)
                .hasMessage(message);
    }

    private Path converted(String implementation, String name) throws IOException {
        return Files.createDirectories(
                home.models().resolve("converted").resolve(implementation).resolve(name));
    }

    private static class Reading implements Implementation {
        @Override
        public String id() {
            return "reading";
        }

        @Override
        public Availability availability() {
            return new Availability.Available("test 1.0", "CPU");
        }

        @Override
        public List<ModelInfo> models(Path modelsDirectory) {
            return List.of(model("own", modelsDirectory).withCompanions(List.of(model("helper", modelsDirectory))));
        }

        private static ModelInfo model(String name, Path directory) {
            return ModelInfo.ofLocalFiles(
                    name,
                    List.of(new ModelSource.HubRepository("owner/name", "main", List.of("a.bin"))),
                    List.of(directory.resolve(name + ".bin")),
                    0);
        }

        @Override
        public Transcriber load(ModelFiles files, LoadOptions options) {
            throw new AssertionError("finding a model does not load it");
        }
    }

    private static final class Writing extends Reading {
        @Override
        public String id() {
            return "writing";
        }

        @Override
        public Optional<CheckpointWriter> checkpointWriter() {
            return Optional.of(new CheckpointWriter() {
                @Override
                public List<String> quantizations() {
                    return List.of("q4", "f16");
                }

                @Override
                public List<String> fileNames(String model) {
                    return List.of(model + ".bin", "tokens.txt");
                }

                @Override
                public void write(Checkpoint checkpoint, String quantization, Path directory, List<String> fileNames)
                        throws IOException {
                    String width = String.valueOf(checkpoint.dimensions().nAudioState());
                    Files.writeString(directory.resolve(fileNames.get(0)), quantization + " " + width);
                    Files.writeString(directory.resolve(fileNames.get(1)), "tokens");
                }
            });
        }
    }
}
