package io.github.whisperspeedtest.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.streaming.StreamingEvent;
import io.github.whisperspeedtest.streaming.StreamingSummary;
import io.github.whisperspeedtest.transcription.Word;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Keeps the events of a live stream. */
final class RecordedStream implements LiveListener {
    final CompletableFuture<Void> ready = new CompletableFuture<>();
    final CompletableFuture<Object> end = new CompletableFuture<>();
    final List<StreamingEvent> events = new CopyOnWriteArrayList<>();

    @Override
    public void onReady() {
        ready.complete(null);
    }

    @Override
    public void onEvent(StreamingEvent event) {
        events.add(event);
    }

    @Override
    public void onEnd(StreamingSummary summary) {
        end.complete(summary);
    }

    @Override
    public void onFailure(JobEnd.Failed failure) {
        end.complete(failure);
    }

    void awaitReady() throws Exception {
        ready.get(RecordedJob.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    Object await() throws Exception {
        return end.get(RecordedJob.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    JobEnd.Failed failure(JobEnd.Reason reason) throws Exception {
        Object how = await();
        assertThat(how)
                .isInstanceOfSatisfying(
                        JobEnd.Failed.class,
                        failed ->
                                assertThat(failed.reason()).as(failed.message()).isEqualTo(reason));
        return (JobEnd.Failed) how;
    }

    String confirmedText() {
        return events.stream()
                .filter(StreamingEvent.Confirmed.class::isInstance)
                .flatMap(event -> ((StreamingEvent.Confirmed) event).words().stream())
                .map(Word::text)
                .collect(Collectors.joining())
                .strip();
    }
}
