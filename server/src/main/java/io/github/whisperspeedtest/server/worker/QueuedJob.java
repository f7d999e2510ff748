package io.github.whisperspeedtest.server.worker;

import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A job. Its state is guarded by the lock of the {@link Dispatcher}. */
final class QueuedJob implements Job {
    final long id;
    final ModelSlot slot;
    final Path recording;
    final TranscribeOptions options;
    final JobListener listener;
    final Executor delivery;

    /** The worker that has it, null while it waits. */
    @Nullable
    Worker worker;

    boolean hasStarted;
    boolean hasEnded;
    long sentAt;

    @Nullable
    Future<?> timer;

    private final Dispatcher dispatcher;

    QueuedJob(
            Dispatcher dispatcher,
            long id,
            ModelSlot slot,
            Path recording,
            TranscribeOptions options,
            JobListener listener,
            Executor delivery) {
        this.dispatcher = dispatcher;
        this.id = id;
        this.slot = slot;
        this.recording = recording;
        this.options = options;
        this.listener = listener;
        this.delivery = delivery;
    }

    @Override
    public void cancel() {
        dispatcher.cancel(this);
    }
}
