package io.github.whisperspeedtest.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.TranscriptionListener;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Sharing, memory, cancellation and closing. */
abstract class LifecycleTests extends ContractTests {
    /** Leaking the weights of the embedded model (2 to 8 million bytes, depending on their type) exceeds this in five rounds. */
    private static final long MAX_GROWTH_BYTES = 4L << 20;

    LifecycleTests(ImplementationContract contract) {
        super(contract);
    }

    @Test
    void runsTwoModelsConcurrently() throws Exception {
        try (Transcriber second = open(files, loadOptions().withThreads(1))) {
            CompletableFuture<String> inBackground = CompletableFuture.supplyAsync(() -> text(second, german()));
            assertTranscribes(shared, english());
            assertIsTextOf(german(), inBackground.get(2, TimeUnit.MINUTES));
        }
    }

    @Test
    void serializesCallsOfTwoThreads() throws Exception {
        CompletableFuture<String> inBackground = CompletableFuture.supplyAsync(() -> text(shared, german()));
        assertTranscribes(shared, english());
        assertIsTextOf(german(), inBackground.get(2, TimeUnit.MINUTES));
    }

    @Test
    void opensAndClosesTwentyTimesWithoutLeak() throws IOException {
        assumeTrue(ResidentMemory.isKnown(), "only Linux tells a process its resident memory");
        long leastGrowth = Long.MAX_VALUE;
        openAndClose(5);
        for (int part = 0; part < 3; part++) {
            long before = ResidentMemory.bytes();
            openAndClose(5);
            leastGrowth = Math.min(leastGrowth, ResidentMemory.bytes() - before);
        }
        // A heap grows in occasional steps and is stable in between, but a leak grows in every part.
        assertThat(leastGrowth)
                .as("growth of the resident memory in each five rounds, in bytes")
                .isLessThan(MAX_GROWTH_BYTES);
    }

    private void openAndClose(int times) {
        for (int i = 0; i < times; i++) {
            try (Transcriber transcriber = open(files, loadOptions())) {
                assertTranscribes(transcriber, english());
            }
        }
    }

    @Test
    void canBeClosedDuringCall() throws InterruptedException {
        Transcriber transcriber = open(files, loadOptions());
        AtomicReference<Thread> closer = new AtomicReference<>();
        assertThatThrownBy(() -> transcriber.transcribe(
                        audio(longRecording()), TranscribeOptions.defaults(), new TranscriptionListener() {
                            @Override
                            public void onSegment(Segment segment) {
                                if (closer.get() == null) {
                                    Thread thread = new Thread(transcriber::close);
                                    closer.set(thread);
                                    thread.start();
                                    awaitBlocked(thread);
                                }
                            }
                        }))
                .isInstanceOf(OperationCancelledException.class);
        closer.get().join(TimeUnit.MINUTES.toMillis(1));
        assertThat(closer.get().isAlive()).isFalse();
    }

    @Test
    void rejectsCallsAfterClose() {
        Transcriber transcriber = open(files, loadOptions());
        transcriber.close();
        assertThatCode(transcriber::close).doesNotThrowAnyException();
        assertThatThrownBy(() -> text(transcriber, english()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void stopsOnInterrupt() {
        List<Segment> heard = new ArrayList<>();
        try {
            assertThatThrownBy(() -> shared.transcribe(
                            audio(longRecording()), TranscribeOptions.defaults(), new TranscriptionListener() {
                                @Override
                                public void onSegment(Segment segment) {
                                    heard.add(segment);
                                    Thread.currentThread().interrupt();
                                }
                            }))
                    .isInstanceOf(OperationCancelledException.class);
        } finally {
            assertThat(Thread.interrupted()).as("the thread stays interrupted").isTrue();
        }
        assertThat(heard.get(heard.size() - 1).end()).isLessThan(Duration.ofSeconds(60));
        assertTranscribes(shared, english());
    }

    @Test
    void propagatesListenerException() {
        IllegalArgumentException failure = new IllegalArgumentException("from the listener");
        assertThatThrownBy(() ->
                        shared.transcribe(audio(english()), TranscribeOptions.defaults(), new TranscriptionListener() {
                            @Override
                            public void onSegment(Segment segment) {
                                throw failure;
                            }
                        }))
                .isSameAs(failure);
        assertTranscribes(shared, english());
    }

    private static void awaitBlocked(Thread thread) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        // The state of a waiting thread depends on the kind of the lock.
        Set<Thread.State> reached = Set.of(Thread.State.WAITING, Thread.State.BLOCKED, Thread.State.TERMINATED);
        while (!reached.contains(thread.getState())) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("close() neither waited nor returned, but is " + thread.getState());
            }
            Thread.onSpinWait();
        }
    }
}
