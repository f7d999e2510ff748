package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.benchmark.BenchmarkWarning.Kind;
import io.github.whisperspeedtest.provenance.ModelProvenance;
import io.github.whisperspeedtest.provenance.UsedFile;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BenchmarkWarningTest {
    @Test
    void steadyRunsGiveNoWarning() {
        assertThat(Reports.plain(
                                3,
                                Reports.measured("a", Reports.CPU, "Hello, world.", 200, 100, 101, 102),
                                Reports.measured("b", Reports.CPU, "hello world", 300, 200, 200, 200))
                        .warnings())
                .isEmpty();
    }

    @Test
    void firstRunAboveTwiceTheMedianIsSlow() {
        assertThat(Reports.plain(3, Reports.measured("a", Reports.CPU, "x", 201, 100, 100, 100))
                        .warnings())
                .containsExactly(new BenchmarkWarning(
                        Kind.SLOW_FIRST_RUN, "a", "The first run of a took 201 ms; the median is 100 ms."));
    }

    @Test
    void deviationAboveFivePercentIsNoise() {
        assertThat(Reports.plain(3, Reports.measured("a", Reports.CPU, "x", 100, 90, 100, 110))
                        .warnings())
                .containsExactly(new BenchmarkWarning(
                        Kind.NOISY_RUNS,
                        "a",
                        "The runs of a vary from 90.0 ms to 110 ms; the standard deviation is 10.0 % of the mean."));
    }

    @Test
    void oneOutlierAmongManyRunsIsNoise() {
        long[] runs = new long[200];
        Arrays.fill(runs, 100);
        runs[7] = 160;

        assertThat(Reports.plain(200, Reports.measured("a", Reports.CPU, "x", 100, runs))
                        .warnings())
                .extracting(BenchmarkWarning::kind)
                .containsExactly(Kind.NOISY_RUNS);
    }

    @Test
    void groupsDifferentTranscripts() {
        assertThat(Reports.plain(
                                3,
                                Reports.measured("a", Reports.CPU, "Hello, world.", 100, 100, 100, 100),
                                Reports.measured("b", Reports.CPU, "Hello word", 200, 200, 200, 200),
                                Reports.measured("c", Reports.CPU, "hello WORLD!", 300, 300, 300, 300))
                        .warnings())
                .containsExactly(new BenchmarkWarning(
                        Kind.DIFFERENT_TRANSCRIPTS, null, "The transcripts of a.wav differ: a = c; b."));
    }

    @Test
    void saysThatRowsAreNotTheSameModel() {
        BenchmarkReport report = Reports.plain(
                3,
                using("a", "ggerganov/whisper.cpp", "ggml-large-v3-q5_0.bin", "32+32 layers"),
                using("b", "Systran/faster-whisper-large-v3", "model.bin", "32+32 layers"),
                using("c", "mlx-community/whisper-large-v3-turbo", "weights.safetensors", "32+4 layers"));

        assertThat(report.warnings())
                .containsExactly(new BenchmarkWarning(
                        Kind.DIFFERENT_MODELS,
                        null,
                        "The rows are not the same model: a and b used large-v3 (ggerganov/whisper.cpp@c"
                                + " ggml-large-v3-q5_0.bin, Systran/faster-whisper-large-v3@c model.bin); c used"
                                + " large-v3-turbo (mlx-community/whisper-large-v3-turbo@c weights.safetensors)."));
        assertThat(new HumanReport(false, false).conclusion(report))
                .contains("Warning: The rows are not the same model");
        assertThat(MarkdownReport.render(report)).contains("Warning: The rows are not the same model");
        assertThat(JsonReport.render(report)).contains("\"kind\" : \"different_models\"");
    }

    @Test
    void namesAloneDoNotProveDifferentModels() {
        assertThat(Reports.plain(
                                3,
                                using("a", "owner/fine-tune", "model.safetensors", "4+4 layers"),
                                using("b", "other/copy-ct2", "model.bin", "4+4 layers"))
                        .warnings())
                .singleElement()
                .extracting(BenchmarkWarning::message)
                .asString()
                .startsWith("The rows may not be the same model: a used fine-tune (");
        assertThat(Reports.plain(
                                3,
                                using("a", "openai/whisper-tiny", "model.safetensors", "4+4 layers"),
                                using("b", "ggerganov/whisper.cpp", "ggml-tiny-q5_1.bin", "4+4 layers"))
                        .warnings())
                .isEmpty();
    }

    private static Measured using(String id, String repository, String file, String architecture) {
        return Reports.measured(id, Reports.CPU.withArchitecture(architecture), "x", 100, 100, 100, 100)
                .with(
                        new ModelProvenance(
                                "large", List.of(new UsedFile(file, "/hub/" + file, repository, "c", 1, null))),
                        Map.of());
    }

    @Test
    void distinguishesRecordingsWithSameName() {
        BenchmarkAudio audio = new BenchmarkAudio("a.wav", Duration.ofSeconds(20), null);
        BenchmarkSettings settings = BenchmarkSettings.of(
                List.of(),
                List.of(audio, audio),
                Rounds.of(3, 0),
                TranscribeOptions.defaults(),
                new LoadOptions("auto", "auto", 1));
        List<AudioResult> heard = List.of(
                new AudioResult("a.wav", "one", "en", null, null, null),
                new AudioResult("a.wav", "two", "en", null, null, null));
        BenchmarkReport report = new BenchmarkReport(Reports.ENVIRONMENT, settings, Instant.EPOCH, List.of())
                .with(Reports.measuredOf(
                        Reports.candidate("a"),
                        "0.1.0",
                        Reports.CPU,
                        Duration.ofMillis(1),
                        Duration.ofMillis(100),
                        Reports.millis(100, 100, 100),
                        List.of(),
                        heard,
                        null,
                        null));
        assertThat(report.warnings()).isEmpty();
    }

    @Test
    void warnsAboutTimesWithATrend() {
        long[] rising = LongStream.range(0, 20).map(i -> 1000 + 2 * i).toArray();

        assertThat(Reports.plain(20, Reports.measured("a", Reports.CPU, "x", 1000, rising))
                        .warnings())
                .containsExactly(new BenchmarkWarning(Kind.DRIFT, "a", "The times of a have a trend over the rounds."));
    }

    @Test
    void singleRunHasNoNoiseWarning() {
        assertThat(Reports.plain(1, Reports.measured("a", Reports.CPU, "x", 100, 100))
                        .warnings())
                .containsExactly(new BenchmarkWarning(Kind.SINGLE_RUN, null, "There is only one timed run."));
    }

    @Test
    void ignoresDifferentTranscriptsOfRandomModels() {
        assertThat(differentTexts("random-tiny").warnings()).isEmpty();
        assertThat(differentTexts("micro").warnings())
                .extracting(BenchmarkWarning::kind)
                .containsExactly(Kind.DIFFERENT_TRANSCRIPTS);
    }

    @Test
    void warnsAboutOtherDeviceThanRequested() {
        EngineParameters parameters = new EngineParameters("m", "r", "gpu", "CPU", "f16", 2);

        assertThat(Reports.plain(3, Reports.measured("a", parameters, "x", 100, 100, 100, 100))
                        .warnings())
                .containsExactly(
                        new BenchmarkWarning(Kind.DEVICE_FALLBACK, "a", "a ran on CPU, not on the requested gpu."));
    }

    @Test
    void machineIsBusyIfOtherProgramsUseProcessorsOfRuns() {
        assertThat(busy(2, Reports.cpu(180, 15, 0))).isEmpty();
        assertThat(busy(2, Reports.cpu(120, 70, 10)))
                .containsExactly(new BenchmarkWarning(
                        Kind.BUSY_MACHINE,
                        null,
                        "The machine was busy: during the timed runs other programs used 0.7 of 2 cores on average, and"
                                + " other virtual machines 0.1."));
    }

    @Test
    void machineIsNotBusyIfOtherProgramsUseFreeProcessors() {
        assertThat(busy(1, Reports.cpu(100, 95, 0))).isEmpty();
        assertThat(busy(1, Reports.cpu(80, 120, 0)))
                .extracting(BenchmarkWarning::kind)
                .containsExactly(Kind.BUSY_MACHINE);
    }

    @Test
    void stolenTimeMakesMachineBusyDespiteFreeProcessors() {
        assertThat(busy(1, Reports.cpu(80, 0, 15)))
                .extracting(BenchmarkWarning::kind)
                .containsExactly(Kind.BUSY_MACHINE);
    }

    @Test
    void machineIsNotBusyIfLoadIsUnknown() {
        assertThat(busy(2, new CpuUsage(2, Duration.ofMillis(10), null, null))).isEmpty();
    }

    /** The warnings about three runs of 100 ms on two processors, each with the same usage. */
    private static List<BenchmarkWarning> busy(int threads, CpuUsage usage) {
        EngineParameters parameters = new EngineParameters("m", "r", "auto", "CPU", "f16", threads);
        Measured measured = Reports.measured("a", parameters, "x", 100, 100, 100, 100);
        return Reports.plain(3, Reports.withCpu(measured, usage, usage, usage)).warnings();
    }

    @Test
    void lessThanTenSecondsOfAudioIsShort() {
        assertThat(reportOf(Duration.ofMillis(9990)).warnings())
                .containsExactly(new BenchmarkWarning(Kind.SHORT_AUDIO, null, "The audio is only 9.99 s long."));
        assertThat(reportOf(Duration.ofSeconds(10)).warnings()).isEmpty();
    }

    @Test
    void reportWithoutResultsHasNoWarnings() {
        assertThat(Reports.plain(1).warnings()).isEmpty();
    }

    private static BenchmarkReport differentTexts(String model) {
        return Reports.plain(3, measured("a", model, "one"), measured("b", model, "another"));
    }

    private static Measured measured(String id, String model, String text) {
        Measured measured = Reports.measured(id, Reports.CPU, text, 100, 100, 100, 100);
        return new Measured(
                Candidate.of(id, model, new LoadOptions("auto", "auto", 1), TranscribeOptions.defaults()),
                measured.version(),
                measured.parameters(),
                measured.times(),
                measured.audios(),
                null,
                null,
                null,
                Map.of());
    }

    private static BenchmarkReport reportOf(Duration audio) {
        BenchmarkSettings settings = BenchmarkSettings.of(
                List.of(),
                List.of(new BenchmarkAudio("a.wav", audio, null)),
                Rounds.of(2, 0),
                TranscribeOptions.defaults(),
                new LoadOptions("auto", "auto", 1));
        return new BenchmarkReport(Reports.ENVIRONMENT, settings, Instant.EPOCH, List.of())
                .with(Reports.measured("a", Reports.CPU, "x", 100, 100, 100));
    }

    @Test
    void transcriptsThatDifferOnlyInSpellingAreEqual() {
        BenchmarkReport report = Reports.plain(
                3,
                Reports.measured("a", Reports.CPU, "It's twenty dollars, Dr. Grey.", 100, 100, 100, 100),
                Reports.measured("b", Reports.CPU, "It is $20, doctor Gray!", 100, 100, 100, 100));
        assertThat(report.warnings()).isEmpty();
    }
}
