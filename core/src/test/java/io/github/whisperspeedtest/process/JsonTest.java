package io.github.whisperspeedtest.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import io.github.whisperspeedtest.transcription.AudioContext;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Task;
import io.github.whisperspeedtest.transcription.Timestamps;
import io.github.whisperspeedtest.transcription.Timings;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.VadOptions;
import io.github.whisperspeedtest.transcription.Word;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void transcriptionRoundTrips() {
        Transcription transcription = new Transcription(
                "de",
                0.1 + 0.2,
                Duration.ofSeconds(36_000, 1),
                List.of(
                        new Segment(
                                Duration.ZERO,
                                Duration.ofSeconds(123_456_789, 123_456_789),
                                " Grüße, 日本 😀 \u0000\"\\",
                                List.of(0, 51_865),
                                Double.NEGATIVE_INFINITY,
                                Double.MIN_VALUE,
                                List.of(new Word(Duration.ofNanos(1), Duration.ofMillis(20), " Grüße,", -0.0))),
                        new Segment(Duration.ZERO, Duration.ZERO, "", List.of(), Double.NaN, null, List.of())),
                new Timings(Duration.ofNanos(999_999_999), null, Duration.ofSeconds(-1, 5), null));

        assertThat(roundTrip(Transcription.class, transcription)).isEqualTo(transcription);
    }

    @Test
    void loadOptionsKeepEngineOptions() {
        LoadOptions options =
                LoadOptions.defaults().withEngineOption("level", "2").withEngineOption("dump-graph", "a=b");

        LoadOptions copy = roundTrip(LoadOptions.class, options);
        assertThat(copy).isEqualTo(options);
        assertThat(copy.engineOptions().keySet()).containsExactly("level", "dump-graph");
    }

    @Test
    void unknownNumbersStayUnknown() {
        Transcription transcription =
                new Transcription("en", null, Duration.ZERO, List.of(), Timings.ofTotal(Duration.ZERO));

        assertThat(roundTrip(Transcription.class, transcription)).isEqualTo(transcription);
    }

    @ParameterizedTest
    @ValueSource(strings = {"some/where", "/tmp/Äö 日本.wav", "", "file:x", "a\uFFFDb"})
    void pathRoundTrips(String text) {
        Path path = Path.of(text);

        assertThat(roundTrip(Path.class, path).toAbsolutePath()).isEqualTo(path.toAbsolutePath());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"PT0S", "PT0.000000001S", "PT-0.000000001S", "PT-1.5S", "PT2562047788015215H30M7.999999999S"})
    void durationRoundTripsExactly(String text) {
        Duration duration = Duration.parse(text);

        assertThat(roundTrip(Duration.class, duration)).isEqualTo(duration);
    }

    @Test
    void durationIsWrittenAsSeconds() {
        assertThat(Json.write(Json.type(Duration.class), Duration.ofMillis(1500)))
                .isEqualTo("1.5");
        assertThat(Json.write(Json.type(Duration.class), Duration.ofSeconds(100)))
                .isEqualTo("100");
    }

    @Test
    void transcribeOptionsRoundTrip() {
        TranscribeOptions options = TranscribeOptions.builder()
                .language(Language.of("yue"))
                .task(Task.TRANSLATE)
                .beamSize(3)
                .bestOf(2)
                .patience(1.5)
                .lengthPenalty(0.5)
                .temperatures(List.of(0.0, 0.4))
                .compressionRatioThreshold(3.0)
                .logProbabilityThreshold(-0.5)
                .repetitionPenalty(1.2)
                .noRepeatNgramSize(3)
                .noSpeechThreshold(null)
                .hallucinationSilenceThreshold(Duration.ofMillis(2500))
                .suppressTokens(List.of(-1, 50_256))
                .prompt("Grüße")
                .prefix("Sehr")
                .hotwords("Jupiter")
                .maxInitialTimestamp(null)
                .conditionOnPreviousText(false)
                .timestamps(Timestamps.WORD)
                .vad(true)
                .vadOptions(new VadOptions(
                        0.6, null, Duration.ofMillis(250), Duration.ofSeconds(30), Duration.ofMillis(30)))
                .chunkLength(Duration.ofMillis(20_500))
                .batchSize(3)
                .audioContext(AudioContext.AUTO)
                .build();

        assertThat(roundTrip(TranscribeOptions.class, options))
                .usingRecursiveComparison()
                .isEqualTo(options);
        TranscribeOptions clips = TranscribeOptions.builder()
                .clipTimestamps(List.of(Duration.ofMillis(1), Duration.ofSeconds(36_000)))
                .suppressTokens(List.of())
                .build();
        assertThat(roundTrip(TranscribeOptions.class, clips))
                .usingRecursiveComparison()
                .isEqualTo(clips);
        assertThat(roundTrip(TranscribeOptions.class, TranscribeOptions.defaults()))
                .usingRecursiveComparison()
                .isEqualTo(TranscribeOptions.defaults());
    }

    @Test
    void languageIsWrittenAsItsCode() {
        assertThat(Json.write(Json.type(Language.class), Language.of("German"))).isEqualTo("\"de\"");
        assertThat(Json.write(Json.type(Language.class), Language.auto())).isEqualTo("\"auto\"");
        assertThat(Json.write(
                        Json.type(TranscribeOptions.class),
                        TranscribeOptions.builder().language(Language.of("yue")).build()))
                .startsWith("{\"language\":\"yue\",\"task\":\"TRANSCRIBE\",")
                .contains("\"vad\":\"AUTO\"");
    }

    @Test
    void sealedTypesKeepClass() {
        Availability available = new Availability.Available("engine 1", "CPU", true, "Install it.");
        Availability unavailable = new Availability.Unavailable("no library", "Install it.");

        assertThat(roundTrip(Availability.class, available)).isEqualTo(available);
        assertThat(roundTrip(Availability.class, unavailable)).isEqualTo(unavailable);
        assertThat(roundTrip(Availability.Unavailable.class, (Availability.Unavailable) unavailable))
                .isEqualTo(unavailable);
    }

    @Test
    void modelsRoundTrip() {
        ModelInfo model = new ModelInfo(
                "tiny",
                List.of(
                        new ModelSource.HubRepository("owner/name", "main", List.of("*.bin")),
                        new ModelSource.DirectDownload(URI.create("https://example.org/x"), "x", "0".repeat(64)),
                        new ModelSource.Embedded("f16")),
                Path.of("/some where/cache"),
                List.of(Path.of("relative/ü.bin")),
                1L << 40,
                List.of());
        ModelFiles files = new ModelFiles("tiny", Map.of("model.bin", Path.of("/models/model.bin")));

        assertThat(roundTrip(ModelInfo.class, model)).isEqualTo(model);
        assertThat(roundTrip(ModelInfo.class, model.withCompanions(List.of(model))))
                .isEqualTo(model.withCompanions(List.of(model)));
        assertThat(roundTrip(ModelFiles.class, files)).isEqualTo(files);
    }

    @Test
    void nullRoundTrips() {
        assertThat(roundTrip(Void.class, null)).isNull();
    }

    @Test
    void unreadableTextNamesType() {
        assertThatThrownBy(() -> Json.read(Json.type(Word.class), "{\"start\": \"soon\"}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Word.class.getName());
    }

    @Test
    void findsTypesOfTask() {
        assertThat(Json.typesOf(Tasks.Echo.class))
                .extracting(type -> (Object) type.getRawClass())
                .containsExactly(List.class, Tasks.Note.class, String.class);
    }

    private static <T> T roundTrip(Class<T> type, T value) {
        return Json.read(Json.type(type), Json.write(Json.type(type), value));
    }
}
