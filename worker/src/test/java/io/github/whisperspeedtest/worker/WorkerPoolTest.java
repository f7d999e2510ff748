package io.github.whisperspeedtest.worker;

import static io.github.whisperspeedtest.worker.TestPools.ENGLISH;
import static io.github.whisperspeedtest.worker.TestPools.MICRO;
import static io.github.whisperspeedtest.worker.TestPools.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.model.ModelMemory;
import io.github.whisperspeedtest.streaming.StreamingOptions;
import io.github.whisperspeedtest.streaming.StreamingSummary;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.worker.JobEnd.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Tag("end-to-end")
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkerPoolTest {
    @TempDir
    private static Path directory;

    private static WhisperSpeedtest library;
    /** For tests that leave it as it was. */
    private static WorkerPool shared;

    private static Path english;
    private static Path hour;

    @BeforeAll
    static void openLibrary() throws Exception {
        library = TestPools.library(directory.resolve("home"));
        english = TestPools.recording(directory, "en_single_01.flac");
        hour = TestPools.longRecording(directory, Duration.ofHours(1));
        shared = WorkerPool.start(library, TestPools.settings());
    }

    @AfterAll
    static void closeSharedPool() {
        if (shared != null) {
            shared.close();
        }
    }

    @Test
    void recordingIsTranscribedAsInThisJvm() throws Exception {
        Path german = TestPools.recording(directory, "de_single_01.flac");
        try (Transcriber here = library.open("faster", "micro")) {
            for (Path recording : List.of(english, german)) {
                RecordedJob job = new RecordedJob();
                shared.submit(MICRO, recording, TranscribeOptions.defaults(), job);

                Transcription expected = here.transcribe(AudioFiles.read(recording), TranscribeOptions.defaults());
                Transcription transcription = job.transcription();
                assertThat(transcription.text()).isNotEmpty().isEqualTo(expected.text());
                assertThat(transcription.language()).isEqualTo(expected.language());
                assertThat(transcription.duration()).isEqualTo(expected.duration());
                assertThat(job.start).isCompleted();
                assertThat(job.segments).isEqualTo(transcription.segments());
            }
            assertThat(shared.state().workers())
                    .singleElement()
                    .satisfies(worker -> assertThat(worker.ready()).isTrue());
            assertThat(shared.state().queued() + shared.state().running()).isZero();
        }
    }

    @Test
    void namesOfModelsAreResolved() {
        assertThat(shared.models()).containsExactly(MICRO, RANDOM);
        assertThat(List.of("whisper-1", "faster/micro", "MICRO", "Whisper-1"))
                .allSatisfy(name -> assertThat(shared.require(name)).isEqualTo(MICRO));
        assertThat(shared.require("random-tiny")).isEqualTo(RANDOM);
        assertThatThrownBy(() -> shared.require("faster/micra"))
                .isInstanceOf(UnknownNameException.class)
                .hasMessage("The model 'faster/micra' is not served. Did you mean 'faster/micro'?"
                        + " Models: faster/micro, faster/random-tiny.");
        assertThatThrownBy(() -> shared.check(
                        MICRO,
                        TranscribeOptions.builder()
                                .chunkLength(Duration.ofSeconds(10))
                                .build()))
                .isInstanceOf(UnsupportedOptionException.class);
    }

    @Test
    void patternsAllowWhatIsInstalled() {
        ServedModels any = new ServedModels(library, RANDOM, List.of("*/*"));
        assertThat(any.all()).startsWith(RANDOM).contains(MICRO).doesNotContain(new ServedModel("faster", "base"));
        assertThat(new ServedModels(library, RANDOM, List.of("FASTER/mic*")).all())
                .containsExactly(RANDOM, MICRO);
        assertThat(new ServedModels(library, MICRO, List.of("*/random-tiny", "faster/random-nothing", "faster")).all())
                .containsExactly(MICRO);
    }

    @Test
    void missingDefaultModelIsRefusedWithTheCommandThatDownloadsIt() {
        WorkerSettings settings = WorkerSettings.of(new ServedModel("faster", "base"));

        assertThatThrownBy(() -> WorkerPool.start(library, settings))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("whisper-speedtest download -i faster -m base");
    }

    @Test
    void faultOfARecordingEndsOnlyItsJob() throws Exception {
        Path broken = Files.writeString(directory.resolve("broken.wav"), "RIFF....WAVEfmt nothing that makes sense");
        WorkerSettings settings = TestPools.withLimits(TestPools.settings(), 32, 4, Duration.ofSeconds(10));
        try (WorkerPool pool = WorkerPool.start(library, settings)) {
            RecordedJob bad = submit(pool, broken);
            RecordedJob tooLong = submit(pool, hour);
            RecordedJob missing = submit(pool, directory.resolve("missing.wav"));
            RecordedJob unsupported = new RecordedJob();
            pool.submit(
                    MICRO,
                    english,
                    TranscribeOptions.builder().language(Language.of("yue")).build(),
                    unsupported);
            RecordedJob good = submit(pool, english);

            assertThat(bad.failure(Reason.BAD_RECORDING).message())
                    .startsWith("Cannot read 'recording'")
                    .doesNotContain(directory.toString());
            assertThat(tooLong.failure(Reason.TOO_LONG).message())
                    .contains("recording", "longer than 10.0 s")
                    .doesNotContain(directory.toString());
            assertThat(missing.failure(Reason.BAD_RECORDING).message()).doesNotContain(directory.toString());
            assertThat(unsupported.failure(Reason.UNSUPPORTED).message()).contains("language=yue");
            assertThat(good.transcription().text()).isNotEmpty();
            assertThat(pool.state().crashes()).isZero();
        }
    }

    @Test
    void fullQueueRefusesAndSaysWhenToComeAgain() throws Exception {
        WorkerSettings settings = TestPools.withLimits(TestPools.settings(), 2, 1, Duration.ofHours(2));
        RecordedStream stream = new RecordedStream();
        List<RecordedJob> jobs = new ArrayList<>();
        try (WorkerPool pool = WorkerPool.start(library, settings)) {
            jobs.add(submit(pool, hour));
            jobs.get(0).awaitStart();
            jobs.add(submit(pool, english));
            jobs.add(submit(pool, english));

            RefusedException refused = catchThrowableOfType(RefusedException.class, () -> submit(pool, english));

            assertThat(refused.isClosing()).isFalse();
            assertThat(refused.retryAfter()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
            assertThat(pool.state().queued()).isEqualTo(2);
            assertThat(pool.state().running()).isEqualTo(1);
            pool.openLive(MICRO, StreamingOptions.defaults(), stream);
            assertThatThrownBy(() -> pool.openLive(MICRO, StreamingOptions.defaults(), new RecordedStream()))
                    .isInstanceOf(RefusedException.class);
        }
        for (RecordedJob job : jobs) {
            job.failure(Reason.CANCELLED);
        }
        stream.failure(Reason.CANCELLED);
    }

    @Test
    void runningAndWaitingJobsAreCancelled() throws Exception {
        RecordedJob running = new RecordedJob();
        Job first = shared.submit(MICRO, hour, ENGLISH, running);
        running.awaitStart();
        long pid = pid(shared);
        RecordedJob waiting = new RecordedJob();
        Job second = shared.submit(MICRO, english, ENGLISH, waiting);
        RecordedJob next = submit(shared, english);

        second.cancel();
        waiting.failure(Reason.CANCELLED);
        assertThat(running.end).isNotDone();
        first.cancel();
        first.cancel();

        running.failure(Reason.CANCELLED);
        assertThat(next.transcription().text()).isNotEmpty();
        assertThat(pid(shared)).as("the same worker").isEqualTo(pid);
        assertThat(waiting.start).isNotDone();
    }

    @Test
    void crashFailsOnlyTheJobThatWasRunning() throws Exception {
        try (WorkerPool pool = WorkerPool.start(library, TestPools.settings())) {
            RecordedJob running = submit(pool, hour);
            running.awaitStart();
            RecordedJob waiting = submit(pool, english);
            long pid = pid(pool);

            ProcessHandle.of(pid).orElseThrow().destroyForcibly();

            assertThat(running.failure(Reason.ENGINE).message()).isEqualTo("The engine crashed (SIGKILL). Try again.");
            assertThat(waiting.transcription().text()).isNotEmpty();
            assertThat(pool.state().crashes()).isEqualTo(1);
            assertThat(pid(pool)).isNotEqualTo(pid);
        }
    }

    @Test
    void idleWorkerThatWasKilledIsReplacedWhenNeeded() throws Exception {
        try (WorkerPool pool = WorkerPool.start(library, TestPools.settings())) {
            submit(pool, english).transcription();
            ProcessHandle process = ProcessHandle.of(pid(pool)).orElseThrow();

            process.destroyForcibly();
            await(() -> pool.state().workers().isEmpty());

            assertThat(submit(pool, english).transcription().text()).isNotEmpty();
        }
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there are no such signals")
    void stoppedWorkerIsReplacedAfterTheTimeLimit() throws Exception {
        WorkerSettings settings = TestPools.withTimeLimit(TestPools.settings(), Duration.ofSeconds(45));
        try (WorkerPool pool = WorkerPool.start(library, settings)) {
            submit(pool, english).transcription();
            ProcessHandle process = ProcessHandle.of(pid(pool)).orElseThrow();
            signal("STOP", process);

            RecordedJob stuck = submit(pool, english);
            RecordedJob next = submit(pool, english);

            assertThat(stuck.failure(Reason.TIME_LIMIT).message()).contains("longer than 45 s");
            assertThat(next.transcription().text()).isNotEmpty();
            assertThat(process.onExit()).succeedsWithin(RecordedJob.PATIENCE);
        }
    }

    @Test
    void modelThatWasUsedLongestAgoMakesRoom() throws Exception {
        long micro = bytesOf(MICRO);
        long random = bytesOf(RANDOM);
        WorkerSettings settings = TestPools.withMemory(TestPools.settings(), micro + random - 1);
        try (WorkerPool pool = WorkerPool.start(library, settings)) {
            submit(pool, english).transcription();
            RecordedJob running = submit(pool, english);
            RecordedJob other = new RecordedJob();
            pool.submit(RANDOM, english, ENGLISH, other);
            RecordedJob back = submit(pool, english);

            running.transcription();
            other.transcription();
            back.transcription();

            assertThat(pool.state().evictions()).isEqualTo(2);
            assertThat(pool.state().crashes()).isZero();
            assertThat(pool.state().workers())
                    .extracting(ServiceState.Worker::model)
                    .containsExactly(MICRO);
        }
    }

    @Test
    void modelThatIsTooLargeFailsWithTheFigures() throws Exception {
        try (WorkerPool pool = WorkerPool.start(library, TestPools.withMemory(TestPools.settings(), 100_000_000))) {
            assertThat(submit(pool, english).failure(Reason.MODEL).message())
                    .startsWith("The model faster/micro needs about " + Math.round(bytesOf(MICRO) / 1e6))
                    .contains("only 100 MB");
        }
    }

    @Test
    void modelsOfLiveStreamsAreNotUnloaded() throws Exception {
        WorkerSettings settings = TestPools.withMemory(TestPools.settings(), bytesOf(RANDOM));
        try (WorkerPool pool = WorkerPool.start(library, settings)) {
            RecordedStream stream = new RecordedStream();
            LiveStream open = pool.openLive(MICRO, StreamingOptions.defaults(), stream);
            stream.awaitReady();
            RecordedJob job = new RecordedJob();
            pool.submit(RANDOM, english, ENGLISH, job);

            assertThat(job.failure(Reason.ENGINE).message()).contains("live streams");
            assertThat(stream.end).isNotDone();
            open.close();
            stream.failure(Reason.CANCELLED);
            RecordedJob again = new RecordedJob();
            pool.submit(RANDOM, english, ENGLISH, again);
            again.transcription();
        }
    }

    @Test
    void damagedModelFailsItsJobsWithoutPaths() throws Exception {
        Path home = directory.resolve("damaged");
        WhisperSpeedtest damaged = TestPools.library(home);
        List<Path> files = new ArrayList<>(damaged.models()
                .filesOf(damaged.registry().require("faster"), "micro")
                .byName()
                .values());
        Path weights = files.stream()
                .filter(file -> file.endsWith("model.bin"))
                .findFirst()
                .orElseThrow();
        Files.write(weights, Arrays.copyOf(Files.readAllBytes(weights), 1000));
        try (WorkerPool pool = WorkerPool.start(damaged, TestPools.settings())) {
            assertThat(submit(pool, english).failure(Reason.MODEL).message())
                    .contains("model.bin")
                    .doesNotContain(home.toString());
        }
    }

    @Test
    void liveStreamHearsTheWords() throws Exception {
        RecordedStream events = new RecordedStream();
        StreamingOptions options = StreamingOptions.defaults()
                .withTranscribe(
                        TranscribeOptions.builder().language(Language.of("en")).build());
        LiveStream stream = shared.openLive(MICRO, options, events);
        byte[] pcm = TestPools.pcm(english);
        // Odd lengths, as a network cuts them.
        for (int at = 0; at < pcm.length; at += 3_333) {
            assertThat(stream.append(Arrays.copyOfRange(pcm, at, Math.min(at + 3_333, pcm.length))))
                    .isTrue();
        }
        stream.finish();
        stream.finish();

        assertThat(events.await())
                .isInstanceOfSatisfying(
                        StreamingSummary.class,
                        summary -> assertThat(summary.audio().toMillis()).isBetween(2_000L, 2_400L));
        assertThat(events.ready).isCompleted();
        assertThat(events.confirmedText())
                .isEqualTo(submit(shared, english).transcription().text());
        assertThat(stream.append(pcm)).as("ignored").isTrue();
        assertThat(shared.state().liveStreams()).isZero();
    }

    @Test
    void liveStreamFailsWithItsWorkerAndNoticesOneThatIsStopped() throws Exception {
        try (WorkerPool pool = WorkerPool.start(library, TestPools.settings())) {
            RecordedStream events = new RecordedStream();
            LiveStream stream = pool.openLive(MICRO, StreamingOptions.defaults(), events);
            events.awaitReady();
            ProcessHandle process = ProcessHandle.of(pid(pool)).orElseThrow();
            signal("STOP", process);
            byte[] second = new byte[32_000];
            int accepted = 0;
            while (accepted < 100 && stream.append(second)) {
                accepted++;
            }

            assertThat(accepted).isLessThanOrEqualTo(30);
            process.destroyForcibly();
            assertThat(events.failure(Reason.ENGINE).message()).contains("SIGKILL");
            assertThat(stream.append(second)).as("ignored").isTrue();
        }
    }

    @Test
    void recordingsLeaveTheWorkerOfALiveStreamAlone() throws Exception {
        WorkerSettings settings = TestPools.withWorkers(TestPools.settings(), 2, 1);
        try (WorkerPool pool = WorkerPool.start(library, settings)) {
            RecordedJob busy = submit(pool, hour);
            busy.awaitStart();
            RecordedStream events = new RecordedStream();
            LiveStream stream = pool.openLive(MICRO, StreamingOptions.defaults(), events);
            events.awaitReady();
            assertThat(pool.state().workers()).hasSize(2);
            RecordedJob waiting = submit(pool, english);

            stream.append(TestPools.pcm(english));
            stream.finish();

            assertThat(events.await()).isInstanceOf(StreamingSummary.class);
            assertThat(events.confirmedText()).isNotEmpty();
            assertThat(waiting.transcription().text()).isNotEmpty();
            assertThat(busy.end).isNotDone();
        }
    }

    @Test
    void closedServiceLeavesNoProcessAndNoJobWithoutAnEnd() throws Exception {
        RecordedJob running;
        RecordedJob waiting;
        ProcessHandle process;
        WorkerPool pool = WorkerPool.start(library, TestPools.settings());
        try (pool) {
            running = submit(pool, hour);
            running.awaitStart();
            waiting = submit(pool, english);
            process = ProcessHandle.of(pid(pool)).orElseThrow();
        }

        assertThat(process.isAlive()).isFalse();
        assertThat(running.end).isDone();
        running.failure(Reason.CANCELLED);
        waiting.failure(Reason.CANCELLED);
        assertThatThrownBy(() -> submit(pool, english))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.isClosing()).isTrue());
        pool.close();
    }

    @Test
    void drainWaitsForAcceptedJobsAndRefusesOthers() throws Exception {
        try (WorkerPool pool = WorkerPool.start(library, TestPools.settings())) {
            List<RecordedJob> accepted = List.of(submit(pool, english), submit(pool, english));

            assertThat(pool.drain(RecordedJob.PATIENCE)).isTrue();

            for (RecordedJob job : accepted) {
                assertThat(job.end).isDone();
                job.transcription();
            }
            assertThat(pool.state().closing()).isTrue();
            assertThatThrownBy(() -> submit(pool, english)).isInstanceOf(RefusedException.class);
        }
    }

    private static RecordedJob submit(WorkerPool pool, Path recording) {
        RecordedJob job = new RecordedJob();
        pool.submit(MICRO, recording, ENGLISH, job);
        return job;
    }

    private static long pid(WorkerPool pool) {
        return pool.state().workers().get(0).pid();
    }

    private static long bytesOf(ServedModel model) {
        return ModelMemory.estimate(
                library.models().filesOf(library.registry().require(model.implementation()), model.model()));
    }

    private static void signal(String name, ProcessHandle process) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + RecordedJob.PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(10);
        }
    }
}
