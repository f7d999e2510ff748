package io.github.whisperspeedtest.whispercpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.whisperspeedtest.benchmark.BenchmarkInput;
import io.github.whisperspeedtest.checkpoint.AttentionHead;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.ModelDimensions;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.model.LibraryStore;
import io.github.whisperspeedtest.model.ModelStore;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.testkit.TestContexts;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.Word;
import io.github.whisperspeedtest.whispercpp.bindings.BundledLibraries;
import io.github.whisperspeedtest.whispercpp.bindings.WhisperRelease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("end-to-end")
class WhisperCppEngineOptionsTest {
    @TempDir
    private static Path home;

    @Test
    void dtwGivesWordTimesNearTheSpeech() throws IOException {
        assumeTrue(runtime().release().isAtLeast(1, 7, 2), "the library has word times by DTW");
        List<Word> estimated = words(transcribe(Map.of()));
        List<Word> warped = words(transcribe(Map.of("dtw", "true")));

        assertThat(warped)
                .extracting(Word::text)
                .isEqualTo(estimated.stream().map(Word::text).toList());
        assertThat(warped)
                .extracting(Word::start)
                .isNotEqualTo(estimated.stream().map(Word::start).toList());
        Duration before = Duration.ZERO;
        double deviation = 0;
        for (int i = 0; i < warped.size(); i++) {
            Word word = warped.get(i);
            assertThat(word.start()).isGreaterThanOrEqualTo(before);
            assertThat(word.end()).isGreaterThanOrEqualTo(word.start());
            deviation += word.start().minus(estimated.get(i).start()).abs().toMillis();
            before = word.start();
        }
        assertThat(deviation / warped.size()).as("mean deviation in ms").isBetween(1.0, 700.0);
    }

    @Test
    void flashAttentionIsNamedAndWritesTheSameText() throws IOException {
        Transcription plain = transcribe(Map.of("flash-attention", "false"));
        assertThat(transcribe(Map.of("flash-attention", "true")).text()).isEqualTo(plain.text());
        try (Transcriber transcriber = load(Map.of("flash-attention", "true"))) {
            assertThat(transcriber.parameters().notes()).contains("flash attention");
        }
        try (Transcriber transcriber = load(Map.of("flash-attention", "false"))) {
            assertThat(transcriber.parameters().notes()).doesNotContain("flash attention");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1.7.1, dtw,          1.7.2",
        "1.7.1, vad-model,    1.7.6",
        "1.7.5, vad-model,    1.7.6",
        "1.7.6, carry-prompt, 1.8.1",
        "1.8.0, carry-prompt, 1.8.1"
    })
    void olderReleasesRefuseWhatTheyLack(String release, String option, String since) {
        WhisperCppOptions options = options(Map.of(option, option.equals("vad-model") ? "x.bin" : "true"));

        assertThatThrownBy(() -> options.check(WhisperRelease.parse(release).orElseThrow()))
                .isInstanceOf(UnsupportedOptionException.class)
                .hasMessageContainingAll(option, "whisper.cpp " + release + " lacks it", since, "library=DIR");
    }

    @Test
    void aVadModelIsCheckedBeforeNativeCodeReadsIt() throws IOException {
        WhisperRelease release = WhisperRelease.NEWEST;
        Path missing = home.resolve("missing.bin");
        assertThatThrownBy(
                        () -> options(Map.of("vad-model", missing.toString())).check(release))
                .isInstanceOf(UnsupportedOptionException.class)
                .hasMessageContainingAll(missing.toString(), "ggml-silero");
        Path wrong = Files.writeString(home.resolve("wrong.bin"), "not a model of a voice activity detector");
        assertThatThrownBy(() -> options(Map.of("vad-model", wrong.toString())).check(release))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(wrong.toString());
    }

    @Test
    void dtwExcludesFlashAttention() {
        assertThatThrownBy(() -> options(Map.of("dtw", "true", "flash-attention", "true"))
                        .check(WhisperRelease.NEWEST))
                .isInstanceOf(UnsupportedOptionException.class)
                .hasMessageContaining("flash attention");
    }

    @Test
    void wordTimesWithVadInsideNeedARecentRelease() {
        WhisperCppOptions vad = options(Map.of("vad-model", "x.bin"));
        TranscribeOptions words =
                TranscribeOptions.builder().timestamps(Timestamps.WORD).build();

        assertThatThrownBy(() -> WordTimes.of(new WhisperRelease(1, 9, 1), vad, words))
                .isInstanceOf(UnsupportedOptionException.class)
                .hasMessageContaining("1.9.2");
        assertThat(WordTimes.of(new WhisperRelease(1, 9, 2), vad, words)).isEqualTo(WordTimes.TOKENS_OF_SPEECH);
        assertThat(WordTimes.of(new WhisperRelease(1, 7, 6), vad, TranscribeOptions.defaults()))
                .isEqualTo(WordTimes.NONE);
    }

    @Test
    void headsForDtwAreThoseOfTheModelWhateverItsType() {
        ModelDimensions tiny = new ModelDimensions(80, 1500, 384, 6, 4, 51865, 448, 384, 6, 4);
        assertThat(DtwHeads.of("tiny-q5_1", tiny).heads())
                .isEqualTo(DtwHeads.of("tiny", tiny).heads())
                .contains(new AttentionHead(2, 2));
        assertThat(DtwHeads.of("my-model", tiny).heads()).isEmpty();
    }

    @Test
    void anotherLibraryInTheSameProcessIsRefused() throws IOException {
        try (Transcriber transcriber = load(Map.of())) {
            String other = runtime().engine().contains("whisper-jni") ? copyOfBundled() : WhisperCppLibraries.BUNDLED;
            assertThatThrownBy(() -> load(Map.of("library", other)).close())
                    .isInstanceOf(UnsupportedOptionException.class)
                    .hasMessageContainingAll("library=" + other, "is loaded in this process");
            assertThat(transcriber.parameters().runtime()).startsWith("whisper.cpp 1.");
        }
    }

    private static WhisperCppRuntime runtime() {
        return WhisperCppRuntime.start(TestContexts.ofEngine(), LoadOptions.AUTO);
    }

    private static String copyOfBundled() throws IOException {
        Path copy = Files.createDirectories(home.resolve("copy"));
        for (Path file : BundledLibraries.unpack(
                        new LibraryStore(TestContexts.ofEngine().nativeLibraries()))
                .all()) {
            Files.copy(file, copy.resolve(file.getFileName()));
        }
        return copy.toString();
    }

    private static WhisperCppOptions options(Map<String, String> values) {
        return WhisperCppOptions.of(new LoadOptions("auto", "auto", 1, values));
    }

    private static List<Word> words(Transcription transcription) {
        return transcription.segments().stream()
                .flatMap(segment -> segment.words().stream())
                .toList();
    }

    private static Transcription transcribe(Map<String, String> options) throws IOException {
        try (Transcriber transcriber = load(options)) {
            return transcriber.transcribe(
                    BenchmarkInput.of(EmbeddedModel.demoSample()).read(),
                    TranscribeOptions.builder().timestamps(Timestamps.WORD).build());
        }
    }

    private static Transcriber load(Map<String, String> options) throws IOException {
        WhisperCppImplementation implementation = TestContexts.configured(new WhisperCppImplementation());
        return implementation.load(
                new ModelStore(ToolHome.at(home), home.resolve("no-hub-cache"))
                        .filesOf(implementation, EmbeddedModel.NAME),
                new LoadOptions("cpu", "auto", 2, options));
    }
}
