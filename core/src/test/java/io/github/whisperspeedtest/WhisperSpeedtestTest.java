package io.github.whisperspeedtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.registry.ProviderJar;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WhisperSpeedtestTest {
    /** Returns the text of its model file as transcript. */
    private static final String READER = """
            package plugin;

            import io.github.whisperspeedtest.audio.Audio;
            import io.github.whisperspeedtest.error.ModelException;
            import io.github.whisperspeedtest.spi.*;
            import io.github.whisperspeedtest.transcription.*;
            import java.io.IOException;
            import java.nio.file.*;
            import java.time.Duration;
            import java.util.List;

            public class Reader implements Implementation {
                public String id() { return "reader"; }
                public Availability availability() { return new Availability.Available("test engine 1.0", "CPU"); }
                public List<ModelInfo> models(Path directory) {
                    return List.of(ModelInfo.ofLocalFiles("poem",
                            List.of(new ModelSource.HubRepository("owner/poems", "main", List.of("poem.txt"))),
                            List.of(directory.resolve("poem.txt")), 0));
                }
                public Capabilities capabilities() { return Capabilities.greedy().devices("gpu").build(); }
                public Transcriber load(ModelFiles files, LoadOptions options) {
                    Path file = files.single();
                    return new Transcriber() {
                        public EngineParameters parameters() {
                            return new EngineParameters(files.model(), "test engine 1.0", options.device(), "CPU", "f32",
                                    options.threads());
                        }
                        public Transcription transcribe(Audio audio, TranscribeOptions wanted, TranscriptionListener listener) {
                            try {
                                return new Transcription("en", null, audio.duration(), List.of(new Segment(Duration.ZERO,
                                        audio.duration(), " " + Files.readString(file), List.of(), null, null, List.of())),
                                        Timings.ofTotal(Duration.ofMillis(1)));
                            } catch (IOException e) {
                                throw new ModelException(file + " cannot be read", e);
                            }
                        }
                        public void close() {}
                    };
                }
            }
            """;

    private static Path jar;

    @TempDir
    Path directory;

    private URLClassLoader loader;
    private ToolHome home;
    private WhisperSpeedtest library;

    @BeforeAll
    static void buildJar(@TempDir Path directory) {
        jar = new ProviderJar()
                .source("plugin.Reader", READER)
                .service("plugin.Reader")
                .implementation("plugin.Adder", "adder", "")
                .implementation("plugin.Broken", "broken", "public Broken() { throw new IllegalStateException(); }")
                .write(directory.resolve("plugins.jar"));
    }

    @BeforeEach
    void create() throws IOException {
        loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, getClass().getClassLoader());
        home = ToolHome.at(directory.resolve("home"));
        library = WhisperSpeedtest.builder().classLoader(loader).home(home).build();
    }

    @AfterEach
    void closeLoader() throws IOException {
        loader.close();
    }

    @Test
    void listsWorkingAndBrokenImplementations() {
        assertThat(library.implementations()).extracting(Implementation::id).containsExactly("adder", "reader");
        assertThat(library.registry().problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.provider()).isEqualTo("plugin.Broken"));
        assertThat(library.home()).isEqualTo(home);
    }

    @Test
    void opensModelByNameAndTranscribes() throws IOException {
        Files.createDirectories(home.models());
        Files.writeString(home.models().resolve("poem.txt"), "Wandrers Nachtlied");

        try (Transcriber transcriber = library.open("reader", "poem")) {
            Transcription transcription =
                    transcriber.transcribe(Audio.of("silence", new float[160]), TranscribeOptions.defaults());

            assertThat(transcription.text()).isEqualTo("Wandrers Nachtlied");
            assertThat(transcriber.parameters().model()).isEqualTo("poem");
            assertThat(transcriber.parameters().requestedDevice()).isEqualTo(LoadOptions.AUTO);
        }
    }

    @Test
    void opensFileWithOptions() throws IOException {
        Path file = Files.writeString(directory.resolve("mine.txt"), "Mine");

        try (Transcriber transcriber = library.open(
                "reader",
                file.toString(),
                LoadOptions.defaults().withDevice("gpu").withThreads(2))) {
            assertThat(transcriber.parameters().model()).isEqualTo(file.toString());
            assertThat(transcriber.parameters().requestedDevice()).isEqualTo("gpu");
            assertThat(transcriber.parameters().threads()).isEqualTo(2);
        }
    }

    @Test
    void rejectsUndeclaredOptions() throws IOException {
        String file = Files.writeString(directory.resolve("mine.txt"), "Mine").toString();

        assertThatThrownBy(() ->
                        library.open("reader", file, LoadOptions.defaults().withComputeType("int8")))
                .isInstanceOf(UnsupportedOptionException.class)
                .hasMessageContainingAll("'reader'", "compute-type=int8");
        try (Transcriber transcriber = library.open("reader", file)) {
            TranscribeOptions beams = TranscribeOptions.builder().beamSize(5).build();
            assertThatThrownBy(() -> transcriber.transcribe(Audio.of("silence", new float[160]), beams))
                    .isInstanceOf(UnsupportedOptionException.class)
                    .hasMessageContainingAll("'reader'", "beam-size=5");
        }
    }

    @Test
    void reportsUnknownNamesAndMissingModels() {
        assertThatThrownBy(() -> library.open("whisper", "poem"))
                .isInstanceOf(UnknownNameException.class)
                .hasMessageContaining("adder, reader")
                .hasMessageContaining("plugin.Broken");
        assertThatThrownBy(() -> library.open("reader", "novel"))
                .isInstanceOf(UnknownNameException.class)
                .hasMessageContaining("Available models: poem.");
        assertThatThrownBy(() -> library.open("reader", "poem"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(home.models().resolve("poem.txt").toString())
                .hasMessageContaining("https://huggingface.co/owner/poems");
    }
}
