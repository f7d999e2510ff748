package io.github.whisperspeedtest.worker;

import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A job. Its state is guarded by the lock of the {@link Dispatcher}. */
final class QueuedJob implements Job {
    final long id;
    final ModelSlot slot;
    final JobRequest request;
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
            JobRequest request,
            JobListener listener,
            Executor delivery) {
        this.dispatcher = dispatcher;
        this.id = id;
        this.slot = slot;
        this.request = request;
        this.listener = listener;
        this.delivery = delivery;
    }

    @Override
    public void cancel() {
        dispatcher.cancel(this);
    }
}
