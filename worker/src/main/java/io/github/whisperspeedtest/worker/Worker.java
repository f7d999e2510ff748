package io.github.whisperspeedtest.worker;

import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.process.ChildCommands;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.process.ChildOutcome;
import io.github.whisperspeedtest.transcription.EngineParameters;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parent's side of a {@link WorkerTask}. Its state is guarded by the lock of the {@link Dispatcher}. */
final class Worker {
    /** What a worker does. */
    enum State {
        /** It starts and loads its model. */
        LOADING,
        /** It takes commands. */
        READY,
        /** It was told to end, and its memory is not free yet. */
        ENDING
    }

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    final ModelSlot slot;

    /** The jobs that were sent to it, until it is idle again; some may have ended. */
    final Map<Long, QueuedJob> jobs = new LinkedHashMap<>();

    final Map<Long, LiveCall> streams = new LinkedHashMap<>();
    State state = State.LOADING;
    long pid;
    boolean batches;

    /** What the model runs with, null while it is being loaded. */
    @Nullable
    EngineParameters parameters;

    /** Pings without an answer. */
    int pings;

    /** Ends the process if it loads for too long. */
    @Nullable
    Future<?> timer;

    /** Ends the process if its jobs do not stop at their time limit. */
    @Nullable
    Future<?> watchdog;

    /** Why it is ended, for its clients; null if it was not told to end. */
    @Nullable
    String endReason;

    /** Whether it had not loaded its model when it was told to end. */
    boolean wasLoading;

    private final ChildCommands commands = new ChildCommands();
    private final Thread monitor;

    /**
     * Prepares a worker.
     *
     * @param onEnd receives the outcome, or null if the process was told to end
     */
    Worker(
            ModelSlot slot,
            ChildJvm children,
            WorkerTask.Input input,
            BiConsumer<Worker, WorkerEvent> onEvent,
            BiConsumer<Worker, @Nullable ChildOutcome<Void>> onEnd) {
        this.slot = slot;
        monitor = new Thread(
                () -> {
                    ChildOutcome<Void> outcome = null;
                    try {
                        outcome = children.run(WorkerTask.class, input, event -> onEvent.accept(this, event), commands);
                    } catch (OperationCancelledException e) {
                        LOG.debug("A worker was killed", e);
                    } catch (RuntimeException e) {
                        LOG.error("Lost a worker", e);
                    } finally {
                        onEnd.accept(this, outcome);
                    }
                },
                "worker-" + slot.model.id());
        monitor.setDaemon(true);
    }

    void start() {
        monitor.start();
    }

    boolean isIdle() {
        return state == State.READY && jobs.isEmpty();
    }

    void send(WorkerCommand command) {
        commands.send(WorkerCommand.class, command);
    }

    /** Kills the process; the end is reported when it has ended. */
    void kill() {
        state = State.ENDING;
        monitor.interrupt();
    }

    /** Waits until the process has ended; returns whether it has. */
    boolean join(Duration limit) throws InterruptedException {
        monitor.join(Math.max(1, limit.toMillis()));
        return !monitor.isAlive();
    }
}
