package io.github.whisperspeedtest.benchmark;

import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.process.ChildCommands;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.process.ChildOutcome;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The parent's side of a {@link WorkerTask}: a child JVM that stays alive between its runs. Used by one thread. */
final class Worker implements AutoCloseable {
    private final ChildCommands commands = new ChildCommands();
    private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
    private final Thread monitor;
    private @Nullable Ended ended;

    /** What arrives from the child or about it. */
    sealed interface Message {}

    /** The child reported an event. */
    record Reported(WorkerEvent event) implements Message {}

    /** The child ended. */
    record Ended(ChildOutcome<Void> outcome) implements Message {}

    /** The child is still silent at the end of the time limit. */
    record Silent() implements Message {}

    /** Waiting for the child failed. */
    private record Broken(RuntimeException problem) implements Message {}

    /** Starts a child. */
    Worker(ChildJvm children, WorkerTask.Input input, String name) {
        monitor = new Thread(
                () -> {
                    try {
                        messages.add(new Ended(children.run(
                                WorkerTask.class, input, event -> messages.add(new Reported(event)), commands)));
                    } catch (RuntimeException e) {
                        messages.add(new Broken(e));
                    }
                },
                "benchmark-worker-" + name);
        monitor.setDaemon(true);
        monitor.start();
    }

    /** Sends a command. */
    void send(String command) {
        commands.send(command);
    }

    /**
     * Waits for the next message.
     *
     * @param limit the longest time to wait, null for no limit
     * @throws OperationCancelledException if this thread is interrupted, or a signal ended the child
     */
    Message await(@Nullable Duration limit) {
        if (ended != null) {
            return ended;
        }
        try {
            Message message = limit == null ? messages.take() : messages.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
            if (message == null) {
                return new Silent();
            }
            if (message instanceof Broken broken) {
                throw broken.problem();
            }
            if (message instanceof Ended end) {
                ended = end;
            }
            return message;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException("The benchmark was cancelled and its JVMs were stopped.", e);
        }
    }

    /** Kills the child if it has not ended, and waits until it has. */
    @Override
    public void close() {
        monitor.interrupt();
        boolean interrupted = false;
        while (monitor.isAlive()) {
            try {
                monitor.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
