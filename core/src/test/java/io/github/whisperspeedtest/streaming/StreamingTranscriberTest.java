package io.github.whisperspeedtest.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.transcription.Word;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The thread of a stream. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StreamingTranscriberTest {
    private final List<StreamingEvent> events = new CopyOnWriteArrayList<>();
    private final CountDownLatch decoding = new CountDownLatch(1);
    private final AtomicReference<Thread> thread = new AtomicReference<>();

    @Test
    void deliversEverythingBeforeFinishReturns() {
        SpokenWords spoken = new SpokenWords().say(12);
        StreamingTranscriber stream = start(SpokenWords::hear);
        append(stream, spoken.audio());
        StreamingSummary summary = stream.finish();
        assertThat(confirmed()).isEqualTo(spoken.words());
        assertThat(summary.words()).isEqualTo(12);
        assertThat(summary.audio()).isEqualTo(spoken.audio().duration());
        assertThat(stream.waiting()).isZero();
        assertThat(thread.get().isDaemon()).isTrue();
        assertThat(thread.get().getName()).isEqualTo("streaming-transcriber");
        assertThatThrownBy(() -> stream.append(new float[1], 0, 1)).isInstanceOf(IllegalStateException.class);
        stream.close();
    }

    @Test
    void reportsTheFailureOfTheEngine() throws InterruptedException {
        EngineException failure = new EngineException("out of order");
        StreamingTranscriber stream = start(audio -> {
            throw failure;
        });
        append(stream, new SpokenWords().say(12).audio());
        assertThatThrownBy(stream::finish).isSameAs(failure);
        thread.get().join();
        assertThatThrownBy(() -> stream.append(new float[1], 0, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasCause(failure);
    }

    @Test
    void endsWithTheExceptionOfTheListener() {
        IllegalArgumentException failure = new IllegalArgumentException("no");
        ScriptedTranscriber engine = new ScriptedTranscriber((audio, options) -> SpokenWords.hear(audio));
        StreamingTranscriber stream = StreamingSessionTest.model(engine).start(StreamingOptions.defaults(), event -> {
            events.add(event);
            throw failure;
        });
        append(stream, new SpokenWords().say(12).audio());
        assertThatThrownBy(stream::finish).isSameAs(failure);
        assertThat(events).as("events after the listener failed").hasSize(1);
    }

    @Test
    void closeCancelsARunningTranscriptionAndKeepsWhatIsConfirmed() throws InterruptedException {
        CountDownLatch confirmed = new CountDownLatch(1);
        ScriptedTranscriber engine = new ScriptedTranscriber((audio, options) -> {
            if (confirmed.getCount() == 0) {
                decoding.countDown();
                waitForInterrupt();
            }
            return SpokenWords.hear(audio);
        });
        StreamingTranscriber stream = StreamingSessionTest.model(engine).start(StreamingOptions.defaults(), event -> {
            events.add(event);
            thread.set(Thread.currentThread());
            if (event instanceof StreamingEvent.Confirmed) {
                confirmed.countDown();
            }
        });
        append(stream, new SpokenWords().say(12).pause(Duration.ofSeconds(1)).audio());
        assertThat(confirmed.await(30, TimeUnit.SECONDS)).isTrue();
        append(stream, new SpokenWords().say(12).audio());
        assertThat(decoding.await(30, TimeUnit.SECONDS)).isTrue();
        stream.close();
        assertThat(thread.get().isAlive()).isFalse();
        assertThat(confirmed()).hasSize(12);
        assertThat(events.get(events.size() - 1)).isInstanceOf(StreamingEvent.UtteranceEnd.class);
        assertThatThrownBy(stream::finish).isInstanceOf(IllegalStateException.class);
        stream.close();
    }

    @Test
    void interruptEndsAStreamThatFinishes() throws InterruptedException {
        StreamingTranscriber stream = start(audio -> {
            decoding.countDown();
            waitForInterrupt();
            return List.of();
        });
        append(stream, new SpokenWords().say(12).audio());
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicReference<Boolean> interrupted = new AtomicReference<>();
        Thread caller = new Thread(() -> {
            try {
                stream.finish();
            } catch (RuntimeException e) {
                thrown.set(e);
                interrupted.set(Thread.currentThread().isInterrupted());
            }
        });
        caller.start();
        assertThat(decoding.await(30, TimeUnit.SECONDS)).isTrue();
        caller.interrupt();
        caller.join();
        assertThat(thrown.get()).isInstanceOf(OperationCancelledException.class);
        assertThat(interrupted.get()).isTrue();
        assertThat(thread.get().isAlive()).isFalse();
    }

    @Test
    void listenerMayCloseTheStream() {
        AtomicReference<StreamingTranscriber> stream = new AtomicReference<>();
        CountDownLatch started = new CountDownLatch(1);
        ScriptedTranscriber engine = new ScriptedTranscriber((audio, options) -> SpokenWords.hear(audio));
        stream.set(StreamingSessionTest.model(engine).start(StreamingOptions.defaults(), event -> {
            try {
                started.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            events.add(event);
            stream.get().close();
        }));
        append(
                stream.get(),
                new SpokenWords().say(12).pause(Duration.ofSeconds(1)).say(12).audio());
        started.countDown();
        assertThatThrownBy(() -> {
                    while (true) {
                        stream.get().append(new float[1], 0, 1);
                    }
                })
                .isInstanceOf(IllegalStateException.class);
    }

    private StreamingTranscriber start(Function<Audio, List<Word>> script) {
        ScriptedTranscriber engine = new ScriptedTranscriber((audio, options) -> {
            thread.set(Thread.currentThread());
            return script.apply(audio);
        });
        return StreamingSessionTest.model(engine).start(StreamingOptions.defaults(), events::add);
    }

    private static void waitForInterrupt() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException("interrupted", e);
        }
    }

    private static void append(StreamingTranscriber stream, Audio audio) {
        float[] samples = new float[(int) audio.sampleCount()];
        audio.read(0, samples, 0, samples.length);
        stream.append(samples, 0, samples.length);
    }

    private List<String> confirmed() {
        return events.stream()
                .filter(StreamingEvent.Confirmed.class::isInstance)
                .flatMap(event -> ((StreamingEvent.Confirmed) event).words().stream())
                .map(Word::text)
                .toList();
    }
}
