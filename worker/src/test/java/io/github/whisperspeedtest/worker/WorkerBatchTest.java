package io.github.whisperspeedtest.worker;

import static io.github.whisperspeedtest.worker.TestPools.MICRO;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.spi.BatchTranscriber;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.worker.JobEnd.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("end-to-end")
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkerBatchTest {
    private static final List<String> NAMES = List.of(
            "en_single_01.flac", "de_single_01.flac", "en_single_02.flac", "de_single_02.flac", "en_single_03.flac");

    /** Languages are detected, for each recording on its own. */
    private static final TranscribeOptions OPTIONS = TranscribeOptions.defaults();

    @TempDir
    private static Path directory;

    private static WhisperSpeedtest library;
    private static Path hour;

    @BeforeAll
    static void openLibrary() throws Exception {
        library = TestPools.library(directory.resolve("home"));
        hour = TestPools.longRecording(directory, Duration.ofHours(1));
    }

    @Test
    void batchGivesWhatEachRecordingGivesAlone() throws Exception {
        try (WorkerPool pool = WorkerPool.start(library, TestPools.withWorkers(TestPools.settings(), 1, 8));
                BatchTranscriber here = (BatchTranscriber) library.open("faster", "micro")) {
            Job blocking = block(pool);
            Map<String, RecordedJob> jobs = new LinkedHashMap<>();
            for (String name : NAMES) {
                jobs.put(name, submit(pool, TestPools.recording(directory, name)));
            }
            blocking.cancel();

            for (Map.Entry<String, RecordedJob> job : jobs.entrySet()) {
                Audio audio = AudioFiles.read(directory.resolve(job.getKey()));
                Transcription alone =
                        here.transcribeAll(List.of(audio), OPTIONS).get(0);
                Transcription inBatch = job.getValue().transcription();
                assertThat(inBatch.text()).isEqualTo(alone.text()).isNotEmpty();
                assertThat(inBatch.language()).isEqualTo(job.getKey().substring(0, 2));
                assertThat(inBatch.duration()).isEqualTo(audio.duration());
                assertThat(times(inBatch)).isEqualTo(times(alone));
                assertThat(job.getValue().segments).isEqualTo(inBatch.segments());
            }
            assertThat(pool.state().batches()).isEqualTo(1);
        }
    }

    @Test
    void faultOrCancellationOfOneRecordingAffectsNoOtherOfItsBatch() throws Exception {
        try (WorkerPool pool = WorkerPool.start(library, TestPools.withWorkers(TestPools.settings(), 1, 8))) {
            Job blocking = block(pool);
            List<RecordedJob> good = new ArrayList<>();
            good.add(submit(pool, TestPools.recording(directory, NAMES.get(0))));
            RecordedJob bad = submit(pool, Files.writeString(directory.resolve("bad.wav"), "no audio at all"));
            RecordedJob cancelled = new RecordedJob();
            Job job = pool.submit(MICRO, TestPools.recording(directory, NAMES.get(1)), OPTIONS, cancelled);
            // Too long for a batch without voice activity detection.
            good.add(submit(pool, TestPools.longRecording(directory, Duration.ofSeconds(40))));
            good.add(submit(pool, TestPools.recording(directory, NAMES.get(2))));
            blocking.cancel();
            bad.failure(Reason.BAD_RECORDING);

            job.cancel();

            JobEnd end = cancelled.await();
            assertThat(end instanceof JobEnd.Transcribed
                            || end instanceof JobEnd.Failed failed && failed.reason() == Reason.CANCELLED)
                    .isTrue();
            for (RecordedJob other : good) {
                assertThat(other.transcription().text()).isNotEmpty();
            }
            assertThat(pool.state().batches()).isEqualTo(1);
        }
    }

    /** Keeps the worker busy, so that what follows becomes a batch. */
    private static Job block(WorkerPool pool) throws Exception {
        RecordedJob events = new RecordedJob();
        Job job = pool.submit(MICRO, hour, OPTIONS, events);
        events.awaitStart();
        return job;
    }

    private static RecordedJob submit(WorkerPool pool, Path recording) {
        RecordedJob job = new RecordedJob();
        pool.submit(MICRO, recording, OPTIONS, job);
        return job;
    }

    private static List<List<Object>> times(Transcription transcription) {
        return transcription.segments().stream()
                .map(segment -> List.<Object>of(segment.start(), segment.end(), segment.tokens()))
                .toList();
    }
}
