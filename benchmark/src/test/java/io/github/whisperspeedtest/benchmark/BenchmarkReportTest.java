package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.FailureCategory;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.VadOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BenchmarkReportTest {
    @Test
    void addsResultsOneByOne() {
        BenchmarkReport before = Reports.plain(1);

        BenchmarkReport after = before.with(Reports.measured("a", Reports.CPU, "x", 100, 100));

        assertThat(before.results()).isEmpty();
        assertThat(after.results()).hasSize(1);
    }

    @Test
    void ranksByMedian() {
        BenchmarkReport report = Reports.full();

        assertThat(report.ranking())
                .extracting(Measured::implementation)
                .containsExactly("whispercpp", "faster", "mlx");
        assertThat(report.failures())
                .extracting(BenchmarkResult::implementation)
                .containsExactly("coreml", "insanely", "mps");
    }

    @Test
    void speedRelatesMedianToTotalAudioLength() {
        BenchmarkReport report = Reports.plain(3, Reports.measured("a", Reports.CPU, "x", 1, 400, 500, 9000));
        Measured result = report.ranking().get(0);

        assertThat(report.realTimeFactor(result)).isCloseTo(0.025, within(1e-12));
        assertThat(report.speed(result)).isCloseTo(40, within(1e-9));
    }

    @Test
    void sumsWordErrorsOfRecordingsWithAReference() {
        Measured one = Reports.measured("a", Reports.CPU, "x", 1, 1);
        Measured measured = Reports.measuredOf(
                Reports.candidate("a"),
                "1",
                Reports.CPU,
                one.load(),
                one.firstRun(),
                one.runs(),
                List.of(),
                List.of(
                        new AudioResult("1", "", "en", null, new ErrorRate(ErrorRate.Unit.WORD, 1, 0, 0, 10), null),
                        new AudioResult("2", "", "en", null, null, null),
                        new AudioResult("3", "", "en", null, new ErrorRate(ErrorRate.Unit.WORD, 0, 1, 1, 20), null)),
                null,
                null);

        assertThat(measured.wordErrorRate()).contains(new ErrorRate(ErrorRate.Unit.WORD, 1, 1, 1, 30));
        assertThat(one.wordErrorRate()).isEmpty();
    }

    @Test
    void keepsCharacterErrorsApartFromWordErrors() {
        ErrorRate words = new ErrorRate(ErrorRate.Unit.WORD, 1, 0, 0, 10);
        ErrorRate characters = new ErrorRate(ErrorRate.Unit.CHARACTER, 0, 3, 0, 12);
        Measured one = Reports.measured("a", Reports.CPU, "x", 1, 1);
        Measured measured = Reports.measuredOf(
                Reports.candidate("a"),
                "1",
                Reports.CPU,
                one.load(),
                one.firstRun(),
                one.runs(),
                List.of(),
                List.of(
                        new AudioResult("1", "", "en", null, words, null),
                        new AudioResult("2", "", "zh", null, characters, null)),
                null,
                null);
        BenchmarkReport report = new BenchmarkReport(
                Reports.ENVIRONMENT,
                BenchmarkSettings.of(
                        List.of(Reports.candidate("a")),
                        List.of(
                                new BenchmarkAudio("1", Duration.ofSeconds(10), "x"),
                                new BenchmarkAudio("2", Duration.ofSeconds(10), "x")),
                        Rounds.of(1, 0),
                        TranscribeOptions.defaults(),
                        LoadOptions.defaults()),
                Reports.empty().startedAt(),
                List.of(measured));

        assertThat(measured.wordErrorRate()).contains(words);
        assertThat(measured.characterErrorRate()).contains(characters);
        assertThat(ResultTable.errorRate(measured)).isEqualTo("10.0 %, 25.0 % CER");
        String json = JsonReport.render(report);
        assertThat(json).contains("\"reference_characters\"", "\"character_error_rate\"");
        assertThat(JsonReport.parse(json, "test").ranking().get(0).audios())
                .extracting(AudioResult::errorRate)
                .containsExactly(words, characters);
    }

    @Test
    void describesEveryOption() {
        TranscribeOptions options =
                TranscribeOptions.builder().prompt("Grüße").vad(true).build();
        TranscribeOptions unusual = TranscribeOptions.builder()
                .patience(2)
                .lengthPenalty(0.6)
                .temperatures(List.of(0.0))
                .compressionRatioThreshold(3.0)
                .logProbabilityThreshold(null)
                .noSpeechThreshold(0.5)
                .conditionOnPreviousText(false)
                .vadOptions(new VadOptions(
                        0.6,
                        Duration.ofMillis(700),
                        Duration.ofMillis(250),
                        Duration.ofMillis(12_500),
                        Duration.ofMillis(30)))
                .chunkLength(Duration.ofSeconds(20))
                .batchSize(4)
                .build();

        assertThat(settings(options).options())
                .hasToString("{language=auto, task=transcribe, beam_size=1, best_of=5,"
                        + " temperatures=0.0 0.2 0.4 0.6 0.8 1.0, prompt=Grüße, condition_on_previous_text=auto,"
                        + " timestamps=segment, vad=on}");
        assertThat(settings(unusual).options())
                .hasToString(
                        "{language=auto, task=transcribe, beam_size=1, best_of=5, patience=2.0, length_penalty=0.6,"
                                + " temperatures=0.0, compression_ratio_threshold=3.0, log_probability_threshold=off,"
                                + " no_speech_threshold=0.5, condition_on_previous_text=false, timestamps=segment, vad=auto,"
                                + " vad_threshold=0.6, vad_min_silence_ms=700, vad_min_speech_ms=250,"
                                + " vad_max_speech_seconds=12.5, vad_pad_ms=30,"
                                + " chunk_length_seconds=20.0, batch_size=4}");
    }

    private static BenchmarkSettings settings(TranscribeOptions options) {
        return BenchmarkSettings.of(
                List.of(),
                List.of(new BenchmarkAudio("a", Duration.ofSeconds(1), null)),
                Rounds.of(1, 0),
                options,
                LoadOptions.defaults());
    }

    @Test
    void rejectsInvalidMeasurements() {
        assertThatThrownBy(() -> new BenchmarkAudio("a.wav", Duration.ZERO, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a.wav");
        assertThatThrownBy(() -> Reports.measured("a", Reports.CPU, "x", 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Reports.measured("a", Reports.CPU, "x", 1, 5, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BenchmarkSettings.of(
                        List.of(), List.of(), Rounds.of(1, 0), TranscribeOptions.defaults(), LoadOptions.defaults()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource
    void everyErrorKindHasCategoryOfSameName(ErrorKind kind) {
        assertThat(FailureCategory.of(kind).name()).isEqualTo(kind.name());
    }
}
