package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Failed;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.FailureCategory;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.Measured;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.Unavailable;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.provenance.ModelProvenance;
import io.github.whisperspeedtest.provenance.UsedFile;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Timings;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reports that tests render. */
final class Reports {
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    static final BenchmarkEnvironment ENVIRONMENT = new BenchmarkEnvironment(
            "1.2.3", COMMIT, "OpenJDK 17.0.15", "Linux 6.1.0 (amd64)", "Example Chip 9000", 2, 8L << 30);

    static final EngineParameters CPU = new EngineParameters("micro", "example 1.0", "auto", "CPU (AVX2)", "f16", 2);

    static final String WEIGHTS_HASH = "89abcdef".repeat(8);

    static final ModelProvenance HUB_MODEL = new ModelProvenance(
            "tiny",
            List.of(
                    new UsedFile("config.json", "/hub/config.json", "Systran/faster-whisper-tiny", COMMIT, 2, null),
                    new UsedFile(
                            "model.bin",
                            "/hub/model.bin",
                            "Systran/faster-whisper-tiny",
                            COMMIT,
                            75_000_000,
                            WEIGHTS_HASH)));

    private static final String REFERENCE = "alpha bravo charlie delta";

    private static final LoadOptions GPU = new LoadOptions("gpu", "auto", 2);

    private static final BenchmarkSettings SETTINGS = BenchmarkSettings.of(
            Stream.of("faster", "whispercpp", "coreml", "mlx", "insanely", "mps")
                    .map(id -> new Candidate(id + "/micro", id, "micro", GPU, TranscribeOptions.defaults()))
                    .toList(),
            List.of(
                    new BenchmarkAudio(
                            "count.wav",
                            Duration.ofMillis(8250),
                            REFERENCE,
                            List.of(),
                            new AudioSource(AudioSource.Kind.FILE, "/audio/count.wav", "0f".repeat(32))),
                    new BenchmarkAudio("grüße|2.wav", Duration.ofMillis(12_750), null)),
            Rounds.of(3, 1),
            TranscribeOptions.defaults(),
            GPU);

    private Reports() {}

    /** A report with a recording that has a warning, and a result that is not available. */
    static BenchmarkReport withWarning(String warning) {
        BenchmarkSettings settings = new BenchmarkSettings(
                "micro",
                List.of(candidate("a")),
                List.of(new BenchmarkAudio("a.wav", Duration.ofSeconds(20), null, List.of(warning), null)),
                Rounds.of(1, 0),
                SETTINGS.options(),
                SETTINGS.transcribe(),
                SETTINGS.load(),
                null,
                false);
        return new BenchmarkReport(
                ENVIRONMENT,
                settings,
                empty().startedAt(),
                List.of(new Unavailable(candidate("a"), "1", "reason", "remedy")));
    }

    /** A report with every kind of result: noisy, plain, on another device without a text, crashed, unavailable. */
    static BenchmarkReport full() {
        return empty().with(measuredOf(
                                gpu("faster"),
                                "0.1.0",
                                new EngineParameters("micro", "onnxruntime 1.29.0", "gpu", "CPU", "int8", 2)
                                        .withNote("VAD off: its model is not on this machine")
                                        .withNote("Two | notes")
                                        .withArchitecture("4+4 layers")
                                        .withStoredType("float16")
                                        .withBuild("providers: CPU"),
                                Duration.ofMillis(80),
                                Duration.ofMillis(1000),
                                millis(740, 800, 860),
                                List.of(),
                                List.of(
                                        heard("count.wav", "Alpha, bravo, delta!", REFERENCE),
                                        heard("grüße|2.wav", "=Viele \"Grüße\", " + "sehr ".repeat(30), null)),
                                new Timings(
                                        Duration.ofMillis(800), null, Duration.ofMillis(500), Duration.ofMillis(250)),
                                null)
                        .with(HUB_MODEL, Map.of("beam_size", "1")))
                .with(measuredOf(
                        gpu("whispercpp"),
                        "0.1.0",
                        new EngineParameters("micro", "whisper.cpp 1.7.1", "gpu", "Metal", "f16", 2),
                        Duration.ofMillis(123),
                        Duration.ofMillis(998),
                        millis(400, 396, 410),
                        List.of(cpu(700, 20, 10), cpu(690, 10, 0), cpu(710, 30, 0)),
                        List.of(
                                new AudioResult(
                                        "count.wav",
                                        "Alpha, bravo, charlie, delta.",
                                        "en",
                                        0.75,
                                        ErrorRate.of(REFERENCE, "Alpha, bravo, charlie, delta.", "en"),
                                        null),
                                heard("grüße|2.wav", "Viele Grüße", null)),
                        new Timings(
                                Duration.ofMillis(400),
                                Duration.ofMillis(10),
                                Duration.ofMillis(250),
                                Duration.ofMillis(120)),
                        327_155_712L))
                .with(new Failed(
                        gpu("coreml"),
                        "0.1.0",
                        FailureCategory.CRASHED,
                        "the process ended with code 134:\nlibexample | abort()",
                        null))
                .with(measuredOf(
                        gpu("mlx"),
                        "0.1.0",
                        new EngineParameters(
                                "micro", "onnxruntime 1.29.0", "gpu", "CPU (AVX2, AVX-512, FMA, F16C)", "q4", 2),
                        Duration.ofMillis(1500),
                        Duration.ofMillis(2600),
                        millis(2400, 2400, 2400),
                        List.of(),
                        List.of(heard("count.wav", "", REFERENCE), heard("grüße|2.wav", " ", null)),
                        null,
                        1_503_238_553L))
                .with(new Failed(
                        gpu("insanely"),
                        "0.1.0",
                        FailureCategory.TIMED_OUT,
                        "no answer for 60 s",
                        "Ask for fewer runs."))
                .with(new Unavailable(
                        gpu("mps"),
                        "0.1.0",
                        "there is no PyTorch for this platform",
                        "Use a machine with Linux or macOS."));
    }

    /** A report without results. */
    static BenchmarkReport empty() {
        return new BenchmarkReport(ENVIRONMENT, SETTINGS, Instant.parse("2026-11-22T10:15:30.123Z"), List.of());
    }

    /** A report of one recording of 20 s without a reference. */
    static BenchmarkReport plain(int runs, BenchmarkResult... results) {
        BenchmarkSettings settings = BenchmarkSettings.of(
                Arrays.stream(results).map(BenchmarkResult::candidate).toList(),
                List.of(new BenchmarkAudio("a.wav", Duration.ofSeconds(20), null)),
                Rounds.of(runs, 0),
                TranscribeOptions.defaults(),
                new LoadOptions("auto", "auto", 2));
        return new BenchmarkReport(
                ENVIRONMENT, settings, Instant.parse("2026-11-22T10:15:30Z"), Arrays.asList(results));
    }

    /** A result of a report of {@link #plain}. */
    static Measured measured(String id, EngineParameters parameters, String text, long firstMillis, long... runMillis) {
        return measuredOf(
                candidate(id),
                "0.1.0",
                parameters,
                Duration.ofMillis(100),
                Duration.ofMillis(firstMillis),
                millis(runMillis),
                List.of(),
                List.of(new AudioResult("a.wav", text, "en", null, null, null)),
                null,
                null);
    }

    /** A result with one option, whose runs are all in the steady state. */
    static Measured measuredOf(
            Candidate candidate,
            String version,
            EngineParameters parameters,
            Duration load,
            Duration firstRun,
            List<Duration> runs,
            List<CpuUsage> cpu,
            List<AudioResult> audios,
            @Nullable Timings timings,
            @Nullable Long peakMemoryBytes) {
        return new Measured(
                candidate,
                version,
                parameters,
                new RunTimes(load, firstRun, runs, cpu),
                audios,
                timings,
                peakMemoryBytes,
                null,
                Map.of());
    }

    /** The same result with what each of its runs used of two processors. */
    static Measured withCpu(Measured measured, CpuUsage... cpu) {
        return new Measured(
                measured.candidate(),
                measured.version(),
                measured.parameters(),
                new RunTimes(measured.load(), measured.firstRun(), measured.runs(), List.of(cpu)),
                measured.audios(),
                measured.timings(),
                measured.peakMemoryBytes(),
                measured.model(),
                measured.options());
    }

    /** A candidate of a report of {@link #plain}. */
    static Candidate candidate(String id) {
        return new Candidate(
                id + "/micro", id, "micro", new LoadOptions("auto", "auto", 2), TranscribeOptions.defaults());
    }

    private static Candidate gpu(String id) {
        return new Candidate(id + "/micro", id, "micro", GPU, TranscribeOptions.defaults());
    }

    static CpuUsage cpu(long ownMillis, long otherMillis, long stolenMillis) {
        return new CpuUsage(
                2, Duration.ofMillis(ownMillis), Duration.ofMillis(otherMillis), Duration.ofMillis(stolenMillis));
    }

    static List<Duration> millis(long... values) {
        return Arrays.stream(values).mapToObj(Duration::ofMillis).toList();
    }

    private static AudioResult heard(String audio, String text, @Nullable String reference) {
        return new AudioResult(
                audio, text, "en", null, reference == null ? null : ErrorRate.of(reference, text, "en"), null);
    }
}
