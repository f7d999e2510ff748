package io.github.whisperspeedtest.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.checkpoint.Checkpoint;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.error.EngineUnavailableException;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.CheckpointWriter;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ModelStoreTest {
    @TempDir
    Path directory;

    private ToolHome home;
    private ModelStore store;
    private Path embedded;

    @BeforeEach
    void useHome() {
        home = ToolHome.at(directory.resolve("home"));
        store = new ModelStore(home, directory.resolve("hub"));
        embedded = ModelStore.embeddedDirectory(home.models(), "two-files", "f16");
    }

    @Test
    void findsKnownModelInItsPlace() throws IOException {
        Path weights = write(home.models().resolve("kept/weights.bin"), "weights");
        Path tokens = write(home.models().resolve("kept/tokens.txt"), "tokens");

        ModelFiles files = store.filesOf(new TwoFiles(), "kept");

        assertThat(files.model()).isEqualTo("kept");
        assertThat(files.require("weights.bin")).isEqualTo(weights);
        assertThat(files.require("tokens.txt")).isEqualTo(tokens);
    }

    @Test
    void fileIsModel() throws IOException {
        Path file = write(directory.resolve("somewhere/mine.bin"), "weights");

        ModelFiles files = store.filesOf(new TwoFiles(), file.toString());

        assertThat(files.single()).isEqualTo(file);
        assertThat(files.model()).isEqualTo(file.toString());
    }

    @Test
    void knownNameTakesPrecedenceOverFile() throws IOException {
        Path file = write(directory.resolve("namesake"), "something else");
        Path weights = write(directory.resolve("weights.bin"), "weights");
        Implementation knowsIt = new TwoFiles() {
            @Override
            public List<ModelInfo> models(Path modelsDirectory) {
                return List.of(ModelInfo.ofLocalFiles(
                        file.toString(), List.of(new ModelSource.Embedded("f16")), List.of(weights), 0));
            }
        };

        assertThat(store.filesOf(knowsIt, file.toString()).single()).isEqualTo(weights);
    }

    @Test
    void unknownNameListsKnownModels() {
        assertThatThrownBy(() -> store.filesOf(new TwoFiles(), "gigantic"))
                .isInstanceOf(UnknownNameException.class)
                .hasMessage("Implementation 'two-files' has no model 'gigantic'. Available models: micro, kept, hub."
                        + " There is no file or directory 'gigantic' either.");
    }

    @Test
    void invalidPathIsUnknownModel() {
        assertThatThrownBy(() -> store.filesOf(new TwoFiles(), "a\0b")).isInstanceOf(UnknownNameException.class);
    }

    @Test
    void directoryIsModelOfItsFiles() throws IOException {
        Path own = Files.createDirectories(directory.resolve("own/deeper")).getParent();
        write(own.resolve("b.bin"), "b");
        write(own.resolve("a.json"), "a");
        write(own.resolve("deeper/c.txt"), "c");

        ModelFiles files = store.filesOf(new TwoFiles(), own.toString());

        assertThat(files.byName())
                .containsExactly(Map.entry("a.json", own.resolve("a.json")), Map.entry("b.bin", own.resolve("b.bin")));
    }

    @Test
    void missingModelIsReportedWithPlaceAndSource() throws IOException {
        write(home.models().resolve("kept/weights.bin"), "weights");

        assertThatThrownBy(() -> store.filesOf(new TwoFiles(), "kept"))
                .isInstanceOfSatisfying(
                        ModelException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.MODEL))
                .hasMessage("Model 'kept' of implementation 'two-files' is missing or incomplete. "
                        + home.models().resolve("kept/tokens.txt")
                        + " does not exist. It comes from https://example.org/kept.zip."
                        + " Run: whisper-speedtest download -i two-files -m kept");
        assertThatThrownBy(() -> store.filesOf(new TwoFiles(), "hub"))
                .isInstanceOf(ModelException.class)
                .hasMessageContainingAll(
                        home.models().resolve("hub/weights.bin") + " does not exist.",
                        directory.resolve("hub/models--owner--name") + " does not exist.",
                        "It comes from https://huggingface.co/owner/name (a.bin, b.txt).",
                        "Run: whisper-speedtest download -i two-files -m hub");
        assertThat(home.models().resolve("hub")).doesNotExist();
    }

    @Test
    void writesEmbeddedModelOnFirstUseOnly() throws IOException {
        TwoFiles implementation = new TwoFiles();

        ModelFiles files = store.filesOf(implementation, EmbeddedModel.NAME);

        assertThat(files.byName().values())
                .containsExactly(embedded.resolve("weights.bin"), embedded.resolve("tokens.txt"));
        assertThat(files.require("weights.bin")).hasContent("f16 weights.bin 143");
        assertThat(files.require("tokens.txt")).hasContent("f16 tokens.txt 143");
        assertNothingElseThan(embedded);

        assertThat(store.filesOf(implementation, EmbeddedModel.NAME)).isEqualTo(files);
        assertThat(implementation.writes).hasValue(1);
    }

    @Test
    void directoryOfEmbeddedModelDependsOnContent() {
        assertThat(embedded)
                .isEqualTo(home.models().resolve("embedded/micro-" + EmbeddedModel.VERSION + "/two-files-f16"));
    }

    @Test
    void concurrentWritersProduceOneModel() throws Exception {
        CyclicBarrier bothHaveWritten = new CyclicBarrier(2);
        Implementation implementation = new TwoFiles() {
            @Override
            void afterWriting() {
                try {
                    bothHaveWritten.await(1, TimeUnit.MINUTES);
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }
        };
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            CompletableFuture<ModelFiles> first =
                    CompletableFuture.supplyAsync(() -> store.filesOf(implementation, EmbeddedModel.NAME), threads);
            CompletableFuture<ModelFiles> second =
                    CompletableFuture.supplyAsync(() -> store.filesOf(implementation, EmbeddedModel.NAME), threads);

            ModelFiles files = first.get(1, TimeUnit.MINUTES);
            assertThat(second.get(1, TimeUnit.MINUTES)).isEqualTo(files);
            assertThat(files.require("weights.bin")).hasContent("f16 weights.bin 143");
            assertThat(files.require("tokens.txt")).hasContent("f16 tokens.txt 143");
        } finally {
            threads.shutdownNow();
        }
        assertNothingElseThan(embedded);
    }

    @Test
    void restoresDeletedFileAndKeepsOthers() throws IOException {
        store.filesOf(new TwoFiles(), EmbeddedModel.NAME);
        Files.delete(embedded.resolve("tokens.txt"));
        Files.writeString(embedded.resolve("weights.bin"), "in use");

        ModelFiles files = store.filesOf(new TwoFiles(), EmbeddedModel.NAME);

        assertThat(files.require("tokens.txt")).hasContent("f16 tokens.txt 143");
        assertThat(files.require("weights.bin")).hasContent("in use");
        assertNothingElseThan(embedded);
    }

    @Test
    void emptyDirectoryIsNotAModel() throws IOException {
        Files.createDirectories(embedded);

        assertThat(store.filesOf(new TwoFiles(), EmbeddedModel.NAME).require("weights.bin"))
                .hasContent("f16 weights.bin 143");
        assertNothingElseThan(embedded);
    }

    @Test
    void failedWriterLeavesNoFiles() throws IOException {
        assertThatThrownBy(() -> store.filesOf(failing(new IOException("No space left on device")), EmbeddedModel.NAME))
                .isInstanceOf(EngineUnavailableException.class)
                .hasMessage("Cannot write model '" + EmbeddedModel.NAME + "' to " + embedded
                        + ": No space left on device. Set WHISPER_SPEEDTEST_HOME to a writable directory"
                        + " with enough space.");
        assertNothingElseThan();

        ModelException refusal = new ModelException("such a checkpoint does not fit");
        assertThatThrownBy(() -> store.filesOf(failing(refusal), EmbeddedModel.NAME))
                .isSameAs(refusal);
        assertNothingElseThan();

        assertThat(store.filesOf(new TwoFiles(), EmbeddedModel.NAME).require("weights.bin"))
                .exists();
    }

    @Test
    void namesImplementationThatOmitsFile() throws IOException {
        Implementation forgetful = new TwoFiles() {
            @Override
            void write(Path file, String content) throws IOException {
                if (!file.endsWith("tokens.txt")) {
                    super.write(file, content);
                }
            }
        };

        assertThatThrownBy(() -> store.filesOf(forgetful, EmbeddedModel.NAME))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'two-files'")
                .hasMessageContaining("'tokens.txt'");
        assertNothingElseThan();
    }

    @Test
    void namesUnwritablePlaceAndItsVariable() throws IOException {
        Path file = write(directory.resolve("file"), "in the way");

        assertThatThrownBy(() -> new ModelStore(ToolHome.at(file), directory.resolve("hub"))
                        .filesOf(new TwoFiles(), EmbeddedModel.NAME))
                .isInstanceOfSatisfying(
                        EngineUnavailableException.class,
                        e -> assertThat(e.kind()).isEqualTo(ErrorKind.ENVIRONMENT))
                .hasMessageContaining(file.toString())
                .hasMessageContaining("Set WHISPER_SPEEDTEST_HOME to");
        assertThatThrownBy(() -> new ModelStore(new ToolHome(directory.resolve("data"), file), directory.resolve("hub"))
                        .filesOf(new TwoFiles(), EmbeddedModel.NAME))
                .isInstanceOf(EngineUnavailableException.class)
                .hasMessageContaining("Set WHISPER_SPEEDTEST_MODELS to");
        assertThat(file).hasContent("in the way");
    }

    @Test
    void keepsFileInPlaceOfModelDirectory() throws IOException {
        write(embedded, "in the way");

        assertThatThrownBy(() -> store.filesOf(new TwoFiles(), EmbeddedModel.NAME))
                .isInstanceOf(EngineUnavailableException.class)
                .hasMessageContaining(embedded.toString());
        assertThat(embedded).hasContent("in the way");
        assertNothingElseThan(embedded);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void modelHasPermissionsOfParentDirectory() throws IOException {
        store.filesOf(new TwoFiles(), EmbeddedModel.NAME);

        assertThat(Files.getPosixFilePermissions(embedded))
                .isEqualTo(Files.getPosixFilePermissions(embedded.getParent()));
    }

    @Test
    void loadsInstalledCompanionsWithModel() throws IOException {
        Path tokens = home.models().resolve("helper/tokens.txt");
        Implementation accompanied = new TwoFiles() {
            @Override
            public List<ModelInfo> models(Path modelsDirectory) {
                List<ModelInfo> companions =
                        List.of(info("helper", new ModelSource.Embedded("f16"), modelsDirectory.resolve("helper")));
                return super.models(modelsDirectory).stream()
                        .map(model -> model.withCompanions(companions))
                        .toList();
            }
        };
        assertThat(store.filesOf(accompanied, EmbeddedModel.NAME).byName())
                .as("without its companion")
                .containsOnlyKeys("weights.bin", "tokens.txt");

        write(home.models().resolve("helper/weights.bin"), "weights");
        assertThat(store.filesOf(accompanied, EmbeddedModel.NAME).byName())
                .as("with half of its companion")
                .containsOnlyKeys("weights.bin", "tokens.txt");

        write(tokens, "tokens");
        ModelFiles files = store.filesOf(accompanied, EmbeddedModel.NAME);
        assertThat(files.byName())
                .containsOnlyKeys("weights.bin", "tokens.txt", "helper/weights.bin", "helper/tokens.txt")
                .containsEntry("helper/tokens.txt", tokens);
        assertThat(files.require("weights.bin")).isEqualTo(embedded.resolve("weights.bin"));
    }

    @Test
    void modelGivenByPathHasCompanions() throws IOException {
        Path file = write(directory.resolve("somewhere/mine.bin"), "weights");
        Path detector = write(home.models().resolve("vad/vad.onnx"), "detector");
        Implementation accompanied = new TwoFiles() {
            @Override
            public List<ModelInfo> models(Path modelsDirectory) {
                ModelInfo companion =
                        ModelInfo.ofLocalFiles("vad", List.of(new ModelSource.Embedded("f16")), List.of(detector), 0);
                return super.models(modelsDirectory).stream()
                        .map(model -> model.name().equals("kept") ? model.withCompanions(List.of(companion)) : model)
                        .toList();
            }
        };

        ModelFiles files = store.filesOf(accompanied, file.toString());
        assertThat(files.byName()).containsOnlyKeys("mine.bin", "vad/vad.onnx").containsEntry("vad/vad.onnx", detector);

        Files.delete(detector);
        assertThat(store.filesOf(accompanied, file.toString()).single()).isEqualTo(file);
    }

    private void assertNothingElseThan(Path... expected) throws IOException {
        try (Stream<Path> content = Files.list(embedded.getParent())) {
            assertThat(content).containsExactlyInAnyOrder(expected);
        }
    }

    private static Path write(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    private static Implementation failing(Exception failure) {
        return new TwoFiles() {
            @Override
            void write(Path file, String content) throws IOException {
                super.write(file, content);
                if (failure instanceof IOException e) {
                    throw e;
                }
                throw (RuntimeException) failure;
            }
        };
    }

    /** Keeps each model as two files. */
    private static class TwoFiles implements Implementation {
        final AtomicInteger writes = new AtomicInteger();

        @Override
        public String id() {
            return "two-files";
        }

        @Override
        public Availability availability() {
            return new Availability.Available("test 1.0", "CPU");
        }

        @Override
        public List<ModelInfo> models(Path modelsDirectory) {
            return List.of(
                    info(
                            EmbeddedModel.NAME,
                            new ModelSource.Embedded("f16"),
                            ModelStore.embeddedDirectory(modelsDirectory, id(), "f16")),
                    info(
                            "kept",
                            new ModelSource.DirectDownload(
                                    URI.create("https://example.org/kept.zip"), "kept.zip", "0".repeat(64)),
                            modelsDirectory.resolve("kept")),
                    info(
                            "hub",
                            new ModelSource.HubRepository("owner/name", "main", List.of("a.bin", "b.txt")),
                            modelsDirectory.resolve("hub")));
        }

        @Override
        public Transcriber load(ModelFiles files, LoadOptions options) {
            throw new AssertionError("finding a model does not load it");
        }

        @Override
        public Optional<CheckpointWriter> checkpointWriter() {
            return Optional.of(new CheckpointWriter() {
                @Override
                public List<String> quantizations() {
                    return List.of("f16");
                }

                @Override
                public void write(Checkpoint checkpoint, String quantization, Path target, List<String> fileNames)
                        throws IOException {
                    assertThat(target).isEmptyDirectory();
                    writes.incrementAndGet();
                    for (String name : fileNames) {
                        TwoFiles.this.write(
                                target.resolve(name),
                                quantization + " " + name + " "
                                        + checkpoint.tensors().size());
                    }
                    afterWriting();
                }
            });
        }

        void write(Path file, String content) throws IOException {
            Files.writeString(file, content);
        }

        void afterWriting() {}

        static ModelInfo info(String name, ModelSource source, Path directory) {
            return ModelInfo.ofLocalFiles(
                    name,
                    List.of(source),
                    List.of(directory.resolve("weights.bin"), directory.resolve("tokens.txt")),
                    0);
        }
    }
}
