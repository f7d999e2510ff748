package io.github.whisperspeedtest.worker;

import io.github.whisperspeedtest.process.ChildReporter;
import io.github.whisperspeedtest.streaming.StreamingModel;
import io.github.whisperspeedtest.streaming.StreamingTranscriber;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The live streams of a {@link WorkerTask}. One thread hands commands over, and none of them waits for the engine. */
final class LiveStreams {
    private static final float FULL_SCALE = 32_768;

    private final StreamingModel model;
    private final Collection<Path> files;
    private final ChildReporter<WorkerEvent> reporter;
    private final Consumer<Error> onFatal;
    private final Map<Long, StreamingTranscriber> streams = new ConcurrentHashMap<>();
    private final Set<Long> finishing = ConcurrentHashMap.newKeySet();

    /**
     * Creates the streams.
     *
     * @param files files whose paths may be in messages
     * @param onFatal receives an error after which the JVM should end
     */
    LiveStreams(
            StreamingModel model,
            Collection<Path> files,
            ChildReporter<WorkerEvent> reporter,
            Consumer<Error> onFatal) {
        this.model = model;
        this.files = files;
        this.reporter = reporter;
        this.onFatal = onFatal;
    }

    void open(WorkerCommand.OpenLive command) {
        long id = command.stream();
        try {
            streams.put(
                    id, model.start(command.options(), event -> reporter.report(new WorkerEvent.LiveEvent(id, event))));
            reporter.report(new WorkerEvent.LiveReady(id));
        } catch (RuntimeException | Error e) {
            fail(id, e);
        }
    }

    void append(WorkerCommand.Append command) {
        long id = command.stream();
        reporter.report(new WorkerEvent.LiveReceived(id, command.pcm().length));
        StreamingTranscriber stream = streams.get(id);
        if (stream == null) {
            return;
        }
        ShortBuffer pcm =
                ByteBuffer.wrap(command.pcm()).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
        float[] samples = new float[pcm.remaining()];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = pcm.get(i) / FULL_SCALE;
        }
        try {
            stream.append(samples, 0, samples.length);
        } catch (IllegalStateException e) {
            finish(id);
        }
    }

    /** Reports the summary, or the failure of a stream that failed before. */
    void finish(long id) {
        StreamingTranscriber stream = streams.get(id);
        if (stream != null && finishing.add(id)) {
            // It stays open until then, so that it can still be closed.
            onThread(() -> {
                try {
                    reporter.report(new WorkerEvent.LiveEnded(id, stream.finish()));
                } catch (RuntimeException | Error e) {
                    fail(id, e);
                } finally {
                    streams.remove(id);
                    finishing.remove(id);
                }
            });
        }
    }

    void close(long id) {
        StreamingTranscriber stream = streams.remove(id);
        if (stream != null) {
            onThread(stream::close);
        }
    }

    /** Closes all streams and waits for them. */
    void closeAll() {
        streams.values().forEach(StreamingTranscriber::close);
    }

    private void fail(long id, Throwable thrown) {
        reporter.report(new WorkerEvent.LiveFailed(id, Failures.of(thrown, files)));
        if (thrown instanceof OutOfMemoryError error) {
            onFatal.accept(error);
        }
    }

    private static void onThread(Runnable work) {
        Thread thread = new Thread(work, "worker-live-end");
        thread.setDaemon(true);
        thread.start();
    }
}
