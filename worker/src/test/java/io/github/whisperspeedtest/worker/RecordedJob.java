package io.github.whisperspeedtest.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Transcription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** Keeps the events of a job. */
final class RecordedJob implements JobListener {
    static final Duration PATIENCE = Duration.ofMinutes(3);

    final CompletableFuture<JobEnd> end = new CompletableFuture<>();
    final CompletableFuture<Void> start = new CompletableFuture<>();
    final List<Segment> segments = new CopyOnWriteArrayList<>();
    volatile long endedAt;
    private volatile int ends;

    @Override
    public void onStart() {
        start.complete(null);
    }

    @Override
    public void onSegment(Segment segment) {
        segments.add(segment);
    }

    @Override
    public void onEnd(JobEnd how) {
        endedAt = System.nanoTime();
        ends++;
        end.complete(how);
    }

    void awaitStart() throws Exception {
        start.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    JobEnd await() throws Exception {
        JobEnd how = end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(ends).as("calls of onEnd").isEqualTo(1);
        return how;
    }

    Transcription transcription() throws Exception {
        JobEnd how = await();
        assertThat(how).isInstanceOf(JobEnd.Transcribed.class);
        return ((JobEnd.Transcribed) how).transcription();
    }

    JobEnd.Failed failure(JobEnd.Reason reason) throws Exception {
        JobEnd how = await();
        assertThat(how)
                .isInstanceOfSatisfying(
                        JobEnd.Failed.class,
                        failed ->
                                assertThat(failed.reason()).as(failed.message()).isEqualTo(reason));
        return (JobEnd.Failed) how;
    }
}
