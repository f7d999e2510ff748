package io.github.whisperspeedtest.server;

import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.error.UnsupportedOptionException;
import io.github.whisperspeedtest.streaming.StreamingOptions;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Timings;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.transcription.Word;
import io.github.whisperspeedtest.worker.Job;
import io.github.whisperspeedtest.worker.JobEnd;
import io.github.whisperspeedtest.worker.JobListener;
import io.github.whisperspeedtest.worker.JobRequest;
import io.github.whisperspeedtest.worker.LiveListener;
import io.github.whisperspeedtest.worker.LiveStream;
import io.github.whisperspeedtest.worker.RefusedException;
import io.github.whisperspeedtest.worker.ServedModel;
import io.github.whisperspeedtest.worker.ServiceState;
import io.github.whisperspeedtest.worker.TranscriptionService;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A service whose jobs and streams a test controls. By default each job ends at once with {@link #TRANSCRIPTION}. */
final class FakeService implements TranscriptionService {
    static final ServedModel BASE = new ServedModel("faster", "base");
    static final ServedModel TINY = new ServedModel("faster", "tiny");

    static final Transcription TRANSCRIPTION = new Transcription(
            "de",
            0.9,
            Duration.ofMillis(5500),
            List.of(
                    new Segment(
                            Duration.ofMillis(100),
                            Duration.ofMillis(2000),
                            " Grüße aus Köln & <mehr>.",
                            List.of(50364, 7, 8),
                            -0.25,
                            null,
                            List.of(
                                    new Word(Duration.ofMillis(100), Duration.ofMillis(900), " Grüße", 0.9),
                                    new Word(Duration.ofMillis(900), Duration.ofMillis(2000), " aus", 0.8))),
                    new Segment(
                            Duration.ofMillis(2000),
                            Duration.ofMillis(5250),
                            " Zweiter Satz.",
                            List.of(),
                            null,
                            0.125,
                            List.of())),
            Timings.ofTotal(Duration.ofSeconds(1)));

    /** Jobs that were submitted while {@link #hold} was set. */
    final BlockingQueue<FakeJob> held = new LinkedBlockingQueue<>();

    final BlockingQueue<FakeStream> streams = new LinkedBlockingQueue<>();

    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "fake-service");
        thread.setDaemon(true);
        return thread;
    });

    /** What happens to a job that is not held. */
    volatile Consumer<FakeJob> behaviour = job -> job.succeed(TRANSCRIPTION);

    volatile boolean hold;
    volatile @Nullable RefusedException refusal;
    volatile @Nullable RuntimeException defect;
    volatile @Nullable FakeJob last;

    @Override
    public List<ServedModel> models() {
        return List.of(BASE, TINY);
    }

    @Override
    public ServedModel require(String name) {
        if (name.equalsIgnoreCase("whisper-1")) {
            return BASE;
        }
        return models().stream()
                .filter(model ->
                        model.id().equalsIgnoreCase(name) || model.model().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new UnknownNameException("Unknown model '" + name + "'. Use faster/base."));
    }

    @Override
    public void check(ServedModel model, TranscribeOptions options) {
        if (options.language().code().equals("haw")) {
            throw new UnsupportedOptionException(model.implementation(), "language=haw", "Leave it out.");
        }
    }

    @Override
    public Job submit(JobRequest request, JobListener listener) {
        RefusedException refused = refusal;
        if (refused != null) {
            throw refused;
        }
        RuntimeException failure = defect;
        if (failure != null) {
            throw failure;
        }
        FakeJob job =
                new FakeJob(request.model(), content(request.file()), request.file(), request.options(), listener);
        last = job;
        if (hold) {
            held.add(job);
        } else {
            threads.execute(() -> behaviour.accept(job));
        }
        return job;
    }

    private static byte[] content(Path recording) {
        try {
            return Files.readAllBytes(recording);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public LiveStream openLive(ServedModel model, StreamingOptions options, LiveListener listener) {
        RefusedException refused = refusal;
        if (refused != null) {
            throw refused;
        }
        FakeStream stream = new FakeStream(model, options, listener);
        streams.add(stream);
        return stream;
    }

    @Override
    public ServiceState state() {
        return new ServiceState(
                3,
                2,
                1,
                List.of(new ServiceState.Worker(
                        BASE,
                        new EngineParameters("base", "ONNX Runtime 1", "auto", "CPU", "int8", 2).withFallback("no GPU"),
                        42)),
                List.of(new ServedModel("faster", "small")),
                4,
                5,
                6,
                false);
    }

    @Override
    public boolean drain(Duration limit) {
        return true;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** Returns the last job. */
    FakeJob last() {
        FakeJob job = last;
        if (job == null) {
            throw new AssertionError("no job was submitted");
        }
        return job;
    }

    /** Returns the next held job. */
    FakeJob take() {
        try {
            FakeJob job = held.poll(60, TimeUnit.SECONDS);
            if (job == null) {
                throw new AssertionError("no job was submitted");
            }
            return job;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns the next live stream. */
    FakeStream takeStream() {
        try {
            FakeStream stream = streams.poll(60, TimeUnit.SECONDS);
            if (stream == null) {
                throw new AssertionError("no stream was opened");
            }
            return stream;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A job that ends when the test says so, or as cancelled. */
    static final class FakeJob implements Job {
        final ServedModel model;
        final byte[] content;
        final Path recording;
        final TranscribeOptions options;
        final JobListener listener;
        final CompletableFuture<Boolean> cancelled = new CompletableFuture<>();

        FakeJob(ServedModel model, byte[] content, Path recording, TranscribeOptions options, JobListener listener) {
            this.model = model;
            this.content = content;
            this.recording = recording;
            this.options = options;
            this.listener = listener;
        }

        void succeed(Transcription transcription) {
            listener.onStart();
            transcription.segments().forEach(listener::onSegment);
            listener.onEnd(new JobEnd.Transcribed(transcription));
        }

        void fail(JobEnd.Reason reason, String message) {
            listener.onEnd(new JobEnd.Failed(reason, message));
        }

        @Override
        public void cancel() {
            if (cancelled.complete(true)) {
                fail(JobEnd.Reason.CANCELLED, "The job was cancelled.");
            }
        }
    }

    /** A live stream that records its audio. */
    static final class FakeStream implements LiveStream {
        final ServedModel model;
        final StreamingOptions options;
        final LiveListener listener;
        final ByteArrayOutputStream audio = new ByteArrayOutputStream();
        final CompletableFuture<Boolean> finished = new CompletableFuture<>();
        final CompletableFuture<Boolean> closed = new CompletableFuture<>();
        volatile boolean full;

        FakeStream(ServedModel model, StreamingOptions options, LiveListener listener) {
            this.model = model;
            this.options = options;
            this.listener = listener;
        }

        @Override
        public boolean append(byte[] pcm) {
            if (full) {
                return false;
            }
            audio.writeBytes(pcm);
            return true;
        }

        @Override
        public void finish() {
            finished.complete(true);
        }

        @Override
        public void close() {
            if (closed.complete(true)) {
                listener.onFailure(new JobEnd.Failed(JobEnd.Reason.CANCELLED, "The stream was cancelled."));
            }
        }
    }
}
