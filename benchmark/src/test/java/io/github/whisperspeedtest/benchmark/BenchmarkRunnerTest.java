package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.benchmark.BenchmarkResult.FailureCategory;
import io.github.whisperspeedtest.benchmark.machine.FootprintMeter;
import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.error.AudioException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.model.HubAccess;
import io.github.whisperspeedtest.model.LibraryStore;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.Timings;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The implementations are only on the class path of the child JVMs, as in a program that loads plug-ins. */
@Tag("processes")
class BenchmarkRunnerTest {
    private static final BenchmarkInput DEMO = BenchmarkInput.of(EmbeddedModel.demoSample());

    /** A time limit that no child JVM reaches unless it hangs. */
    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir
    private static Path temporary;

    private static ToolHome home;
    private static Path jar;
    private static URLClassLoader loader;
    private static BenchmarkRunner runner;

    private final Recorder recorder = new Recorder();

    @BeforeAll
    static void install() throws IOException {
        home = ToolHome.at(temporary.resolve("home"));
        jar = FakeImplementations.jar(temporary.resolve("fakes.jar"));
        loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, BenchmarkRunnerTest.class.getClassLoader());
        WhisperSpeedtest library = library(home, jar);
        assertThat(library.registry().problems()).isEmpty();
        for (Implementation implementation : library.implementations()) {
            Path model = FakeImplementations.modelFile(home.models(), implementation.id());
            Files.createDirectories(model.getParent());
            Files.writeString(model, "model");
        }
        runner = new BenchmarkRunner(library);
    }

    private static WhisperSpeedtest library(ToolHome home, Path jar) {
        List<Path> classPath = Stream.concat(
                        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                                .map(Path::of),
                        Stream.of(jar))
                .toList();
        return WhisperSpeedtest.builder()
                .classLoader(loader)
                .home(home)
                .hub(HubAccess.settings(Settings.of(
                        Map.of("HF_HUB_CACHE", home.data().resolve("hub").toString()), new Properties())))
                .children(ChildJvm.builder().classPath(classPath).build())
                .build();
    }

    @AfterAll
    static void close() throws IOException {
        loader.close();
    }

    @Test
    void measurementHoldsValuesReportedByChild() {
        BenchmarkInput other =
                new BenchmarkInput(EmbeddedModel.samples().get(0).name(), null, null, "Zähler drei acht acht");

        BenchmarkReport report = runner.run(plan(List.of(DEMO, other), 1, 3, LONG, "steady"), recorder);

        BenchmarkResult.Measured measured =
                (BenchmarkResult.Measured) report.results().get(0);
        assertThat(recorder.steps)
                .containsExactly("steady LOAD 1", "steady WARM_UP 1", "steady RUN 1", "steady RUN 2", "steady RUN 3");
        assertThat(measured.runs()).hasSize(3).doesNotContain(measured.firstRun());
        assertThat(measured.times().started()).hasSize(3).isSorted();
        assertThat(measured.times().coldStart()).isGreaterThan(measured.load());
        assertThat(measured.parameters().model()).isEqualTo(FakeImplementations.MODEL);
        assertThat(measured.parameters().threads()).isEqualTo(3);
        assertThat(measured.peakMemoryBytes()).isGreaterThan(1L << 20);
        assertThat(report.settings().audios())
                .extracting(BenchmarkAudio::name)
                .containsExactly(DEMO.name(), other.name());
    }

    @Test
    void keepsMachineAwakeUntilTheEnd() {
        List<String> steps = new ArrayList<>();
        BenchmarkRunner watched = new BenchmarkRunner(library(home, jar), () -> {
            steps.add("awake");
            return () -> steps.add("asleep");
        });
        BenchmarkListener listener = new BenchmarkListener() {
            @Override
            public void onStart(BenchmarkReport empty) {
                steps.add("start");
            }
        };

        watched.run(plan(List.of(DEMO), 0, 1, LONG, "steady"), listener);
        BenchmarkPlan unknown = plan(List.of(DEMO), 0, 1, LONG, "nobody");
        assertThatThrownBy(() -> watched.run(unknown, listener)).isInstanceOf(UnknownNameException.class);

        assertThat(steps).containsExactly("awake", "start", "asleep", "awake", "asleep");
    }

    @Test
    void reportSaysHowMemoryWasMeasured() {
        BenchmarkReport report = runner.run(plan(List.of(DEMO), 0, 1, LONG, "steady"), recorder);

        assertThat(Objects.requireNonNull(report.machine()).memoryMeasure())
                .isEqualTo(FootprintMeter.orOfSystem(new LibraryStore(home.nativeLibraries()))
                        .measure());
    }

    @Test
    void textIsFromLastRunAndTimesAreMedianSums() {
        BenchmarkInput other =
                new BenchmarkInput(EmbeddedModel.samples().get(0).name(), null, null, "Zähler 🎙 drei acht");

        BenchmarkReport report = runner.run(plan(List.of(DEMO, other), 1, 3, LONG, "steady"), recorder);

        BenchmarkResult.Measured measured =
                (BenchmarkResult.Measured) report.results().get(0);
        assertThat(measured.audios())
                .extracting(AudioResult::text)
                .containsExactly("Zähler 🎙 seven", "Zähler 🎙 eight");
        assertThat(measured.audios()).extracting(AudioResult::language).containsOnly("de");
        assertThat(measured.audios())
                .extracting(AudioResult::languageProbability)
                .containsOnly(0.75);
        assertThat(measured.audios().get(1).errorRate())
                .isEqualTo(ErrorRate.of("Zähler 🎙 drei acht", "Zähler 🎙 eight", "de"))
                .satisfies(rate -> assertThat(rate.rate()).isBetween(0.5, 0.7));
        // The runs are calls 3 and 4, 5 and 6, 7 and 8: the middle one encodes for (25 + 36) × 10 ms.
        Timings timings = measured.timings();
        assertThat(timings).isNotNull();
        assertThat(timings.total()).isEqualTo(measured.statistics().median());
        assertThat(timings.mel()).isNull();
        assertThat(timings.encode()).isEqualTo(Duration.ofMillis(610));
        assertThat(timings.decode()).isEqualTo(Duration.ofMillis(110));
    }

    @Test
    void roundsAreInterleaved() {
        BenchmarkPlan plan = new BenchmarkPlan(
                List.of(
                        Candidate.of(
                                "steady",
                                FakeImplementations.MODEL,
                                LoadOptions.defaults().withThreads(1),
                                TranscribeOptions.defaults()),
                        Candidate.of(
                                "steady",
                                FakeImplementations.MODEL,
                                LoadOptions.defaults().withThreads(3),
                                TranscribeOptions.defaults())),
                List.of(DEMO),
                null,
                Rounds.of(3, 0),
                LONG,
                Map.of());

        BenchmarkReport report = runner.run(plan, recorder);

        assertThat(recorder.steps.stream().filter(step -> step.contains("RUN")))
                .containsExactly(
                        "steady RUN 1", "steady RUN 1", "steady RUN 2", "steady RUN 2", "steady RUN 3", "steady RUN 3");
        List<Duration> starts = report.ranking().stream()
                .flatMap(result -> result.times().started().stream())
                .sorted()
                .toList();
        for (BenchmarkResult.Measured result : report.ranking()) {
            for (int round = 0; round < 3; round++) {
                assertThat(starts.subList(2 * round, 2 * round + 2))
                        .as("starts of round " + round)
                        .contains(result.times().started().get(round));
            }
        }
        assertThat(recorder.reports.get(0).ranking())
                .as("saved after the first round")
                .allSatisfy(result -> assertThat(result.runs()).hasSize(1));
        assertThat(report.results())
                .extracting(result -> result.candidate().name())
                .containsExactlyElementsOf(
                        plan.candidates().stream().map(Candidate::name).toList());
    }

    @Test
    void countsWordsInSilence() {
        BenchmarkPlan plan = new BenchmarkPlan(
                plan(List.of(DEMO), 0, 1, LONG, "steady").candidates(),
                List.of(DEMO),
                null,
                Rounds.of(1, 0),
                LONG,
                true,
                Map.of());

        BenchmarkReport report = runner.run(plan, recorder);

        assertThat(report.ranking())
                .singleElement()
                .satisfies(result -> assertThat(result.silentWordsPerMinute())
                        .as("two words for each of two recordings of 30 s")
                        .isEqualTo(4));
        assertThat(recorder.steps).containsExactly("steady LOAD 1", "steady RUN 1", "steady SILENCE 1");
        assertThat(JsonReport.parse(JsonReport.render(report), "test")).isEqualTo(report);
        assertThat(new SummaryReport(false, false, 80, 80).conclusion(report)).contains("Silence", "4.00/min");
        assertThat(new SummaryReport(false, false, 80, 80).conclusion(Reports.full()))
                .doesNotContain("Silence");
    }

    @Test
    void budgetEndsRoundsButEveryCandidateRunsOnce() {
        BenchmarkPlan plan = new BenchmarkPlan(
                plan(List.of(DEMO), 0, 1, LONG, "steady").candidates(),
                List.of(DEMO),
                null,
                new Rounds(3, false, 0, Duration.ofMillis(1), 0),
                LONG,
                Map.of());

        assertThat(runner.run(plan, recorder).ranking())
                .singleElement()
                .satisfies(result -> assertThat(result.runs()).hasSize(1));
    }

    @Test
    void firstRunIsTimedWithoutWarmUp() {
        BenchmarkReport report = runner.run(
                plan(List.of(BenchmarkInput.of(EmbeddedModel.samples().get(0))), 0, 2, null, "steady"), recorder);

        BenchmarkResult.Measured measured =
                (BenchmarkResult.Measured) report.results().get(0);
        assertThat(measured.runs()).hasSize(2);
        assertThat(measured.firstRun()).isEqualTo(measured.runs().get(0));
        assertThat(measured.audios().get(0).text()).isEqualTo("Zähler 🎙 two");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void continuesAfterFailureAndReportsIt() throws IOException {
        Path missing = FakeImplementations.modelFile(home.models(), "fails-for-model");

        BenchmarkReport report = runner.run(
                plan(
                        List.of(DEMO),
                        0,
                        1,
                        LONG,
                        "absent",
                        "fails-for-user",
                        "fails-for-model",
                        "fails-for-environment",
                        "fails-inside",
                        "fails-to-list",
                        "crashes",
                        "steady"),
                recorder);

        List<BenchmarkResult> results = report.results();
        String version = results.get(0).version();
        assertThat(results.get(0))
                .isEqualTo(new BenchmarkResult.Unavailable(
                        plan(List.of(DEMO), 0, 1, LONG, "absent").candidates().get(0),
                        version,
                        "There is no fake device.",
                        "Buy one."));
        assertFailure(
                results.get(1),
                "fails-for-user",
                FailureCategory.USER,
                "Implementation 'fails-for-user' does not support the option device=auto. Use another.");
        assertFailure(results.get(2), "fails-for-model", FailureCategory.MODEL, missing + " is cut short.");
        assertFailure(
                results.get(3), "fails-for-environment", FailureCategory.ENVIRONMENT, "The device is out of memory.");
        assertFailure(results.get(4), "fails-inside", FailureCategory.INTERNAL, "The engine returned -6.");
        assertFailure(
                results.get(5),
                "fails-to-list",
                FailureCategory.INTERNAL,
                "java.lang.IllegalStateException: no list of models");
        assertFailure(
                results.get(6),
                "crashes",
                FailureCategory.CRASHED,
                "crashed with SIGABRT (exit code 134): about to abort");
        assertThat(results.get(7)).isInstanceOf(BenchmarkResult.Measured.class);
        assertThat(results).hasSize(8);
        assertThat(recorder.started.results()).isEmpty();
        assertThat(recorder.started.settings()).isEqualTo(report.settings());
        assertThat(recorder.reports).last().isEqualTo(report);
        assertThat(recorder.reports)
                .extracting(reported -> reported.results().size())
                .isSorted();
    }

    @Test
    void reportsTimeoutOfHangingImplementation() {
        BenchmarkReport report = runner.run(plan(List.of(DEMO), 0, 1, Duration.ofSeconds(2), "hangs"), recorder);

        assertThat(report.results().get(0)).isInstanceOfSatisfying(BenchmarkResult.Failed.class, failed -> {
            assertThat(failed.category()).isEqualTo(FailureCategory.TIMED_OUT);
            assertThat(failed.reason()).startsWith("did not finish within 2.0 s");
            assertThat(failed.remedy()).isNotEmpty();
        });
    }

    @Test
    void reportsExpectedPlaceOfMissingModel(@TempDir Path empty) {
        BenchmarkRunner elsewhere = new BenchmarkRunner(library(ToolHome.at(empty), jar));

        BenchmarkReport report = elsewhere.run(plan(List.of(DEMO), 0, 1, LONG, "steady"), recorder);

        assertFailure(
                report.results().get(0),
                "steady",
                FailureCategory.MODEL,
                "Model 'fake' of implementation 'steady' is missing or incomplete. "
                        + FakeImplementations.modelFile(empty.resolve("models").toAbsolutePath(), "steady")
                        + " does not exist. It comes from https://example.org/fake.bin."
                        + " Run: whisper-speedtest download -i steady -m fake");
        assertThat(recorder.steps).isEmpty();
    }

    @Test
    void unknownModelListsKnownModels() {
        BenchmarkPlan plan = new BenchmarkPlan(
                List.of("steady"),
                "gigantic",
                List.of(DEMO),
                Rounds.of(1, 0),
                LoadOptions.defaults(),
                TranscribeOptions.defaults(),
                null);

        assertThat(runner.run(plan, recorder).results().get(0))
                .isInstanceOfSatisfying(BenchmarkResult.Failed.class, failed -> {
                    assertThat(failed.category()).isEqualTo(FailureCategory.USER);
                    assertThat(failed.reason()).contains("'gigantic'", "Available models: fake");
                });
    }

    @Test
    void rejectsUnknownImplementationBeforeFirstRun() {
        assertThatThrownBy(() -> runner.run(plan(List.of(DEMO), 0, 1, LONG, "steady", "unheard-of"), recorder))
                .isInstanceOf(UnknownNameException.class)
                .hasMessageContaining("unheard-of")
                .hasMessageContaining("steady");

        assertThat(recorder.isUntouched()).isTrue();
    }

    @Test
    void rejectsUnreadableRecordingBeforeFirstRun() throws IOException {
        Path text = Files.writeString(temporary.resolve("notes.wav"), "no sound at all, only text");
        BenchmarkPlan plan = plan(List.of(DEMO, BenchmarkInput.of(text, null)), 0, 1, LONG, "steady");

        assertThatThrownBy(() -> runner.run(plan, recorder))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("notes.wav");

        assertThat(recorder.isUntouched()).isTrue();
    }

    @Test
    void interruptEndsChildAndBenchmark() throws Exception {
        List<ProcessHandle> children = new ArrayList<>();
        BenchmarkListener impatient = new BenchmarkListener() {
            @Override
            public void onProgress(Candidate candidate, BenchmarkProgress progress) {
                if (progress.stage() == BenchmarkProgress.Stage.RUN) {
                    ProcessHandle.current().children().forEach(children::add);
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void onUpdate(BenchmarkReport reportSoFar) {
                throw new AssertionError("a result in spite of the interrupt");
            }
        };

        try {
            assertThatThrownBy(() -> runner.run(plan(List.of(DEMO), 0, 1, LONG, "hangs", "steady"), impatient))
                    .isInstanceOf(OperationCancelledException.class);
        } finally {
            assertThat(Thread.interrupted()).as("the thread stays interrupted").isTrue();
        }

        assertThat(children).isNotEmpty();
        for (ProcessHandle child : children) {
            child.onExit().get(1, TimeUnit.MINUTES);
        }
    }

    @Test
    void planNeedsRecordingsRunsAndTimeLimit() {
        assertThatThrownBy(() -> plan(List.of(DEMO), 0, 1, LONG))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("candidate");
        assertThatThrownBy(() -> plan(List.of(DEMO), 0, 1, LONG, "steady", "steady"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("different names");
        assertThatThrownBy(() -> plan(List.of(), 0, 1, LONG, "steady"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("recording");
        assertThatThrownBy(() -> plan(List.of(DEMO), 0, 0, LONG))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 and 0");
        assertThatThrownBy(() -> plan(List.of(DEMO), -1, 1, LONG))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 and -1");
        assertThatThrownBy(() -> plan(List.of(DEMO), 0, 1, Duration.ZERO, "steady"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("timeLimit");
    }

    @Test
    void randomModelsHaveNoWordErrorRate() {
        BenchmarkPlan plan = new BenchmarkPlan(
                List.of("steady"),
                "random-tiny:f16",
                List.of(DEMO),
                Rounds.of(1, 0),
                LoadOptions.defaults(),
                TranscribeOptions.defaults(),
                LONG);

        BenchmarkReport report = runner.run(plan, recorder);

        BenchmarkResult.Measured measured =
                (BenchmarkResult.Measured) report.results().get(0);
        assertThat(measured.parameters().model()).isEqualTo("random-tiny:f16");
        assertThat(measured.parameters().notes())
                .containsExactly("random weights: the speed is meaningful, the text is not");
        assertThat(measured.wordErrorRate()).isEmpty();
        assertThat(report.settings().audios())
                .extracting(BenchmarkAudio::reference)
                .containsOnlyNulls();
    }

    @Test
    void countsOnlyWhatIsTranscribed() {
        TranscribeOptions options = TranscribeOptions.builder()
                .clipTimestamps(List.of(Duration.ofMillis(500), Duration.ofMillis(1250)))
                .build();
        BenchmarkSettings settings =
                runner.run(clipped(options, "steady"), recorder).settings();
        assertThat(settings.audioDuration()).isEqualTo(Duration.ofMillis(750));
        assertThat(settings.audios().get(0).reference())
                .as("that of the whole recording")
                .isNull();
        assertThat(settings.options()).containsEntry("clip_timestamps", "0.5,1.25");
    }

    @Test
    void clipsBehindTheEndFailBeforeTheFirstMeasurement() {
        TranscribeOptions options = TranscribeOptions.builder()
                .clipTimestamps(List.of(Duration.ofHours(1)))
                .build();
        assertThatThrownBy(() -> runner.run(clipped(options, "steady"), recorder))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("No part to transcribe is inside " + DEMO.name());
        assertThat(recorder.isUntouched()).isTrue();
    }

    private static BenchmarkPlan clipped(TranscribeOptions options, String implementation) {
        return new BenchmarkPlan(
                List.of(implementation),
                FakeImplementations.MODEL,
                List.of(DEMO),
                Rounds.of(1, 0),
                LoadOptions.defaults(),
                options,
                LONG);
    }

    private static BenchmarkPlan plan(
            List<BenchmarkInput> inputs,
            int warmupRuns,
            int runs,
            @Nullable Duration timeLimit,
            String... implementations) {
        return new BenchmarkPlan(
                List.of(implementations),
                FakeImplementations.MODEL,
                inputs,
                Rounds.of(runs, warmupRuns),
                LoadOptions.defaults().withThreads(3),
                TranscribeOptions.defaults(),
                timeLimit);
    }

    private static void assertFailure(
            BenchmarkResult result, String implementation, FailureCategory category, String reason) {
        assertThat(result).isInstanceOfSatisfying(BenchmarkResult.Failed.class, failed -> {
            assertThat(failed.implementation()).isEqualTo(implementation);
            assertThat(failed.category()).isEqualTo(category);
            assertThat(failed.reason()).isEqualTo(reason);
        });
    }

    private static final class Recorder implements BenchmarkListener {
        private @Nullable BenchmarkReport started;
        private final List<String> steps = new ArrayList<>();
        private final List<BenchmarkReport> reports = new ArrayList<>();

        @Override
        public void onStart(BenchmarkReport report) {
            started = report;
        }

        @Override
        public void onProgress(Candidate candidate, BenchmarkProgress progress) {
            steps.add(candidate.implementation() + " " + progress.stage() + " " + progress.number());
        }

        @Override
        public void onUpdate(BenchmarkReport reportSoFar) {
            reports.add(reportSoFar);
        }

        boolean isUntouched() {
            return started == null && steps.isEmpty() && reports.isEmpty();
        }
    }
}
