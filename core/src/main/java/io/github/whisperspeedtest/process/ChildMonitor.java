package io.github.whisperspeedtest.process;

import com.fasterxml.jackson.databind.JavaType;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.lifecycle.SetupNotice;
import io.github.whisperspeedtest.process.ChildOutcome.Completed;
import io.github.whisperspeedtest.process.ChildOutcome.Crashed;
import io.github.whisperspeedtest.process.ChildOutcome.Failed;
import io.github.whisperspeedtest.process.ChildOutcome.TimedOut;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Monitors a child until it sends its result, exits or exceeds its time limit. Forwards its events.
 *
 * @param <E> type of the task's events
 * @param <O> type of the task's output
 */
final class ChildMonitor<E, O> {
    /** Time for exit hooks of native libraries after the result has arrived. */
    private static final Duration EXIT_GRACE = Duration.ofSeconds(5);

    /** Maximum time for the result to arrive after a process has exited normally, on a busy machine. */
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(10);

    /** The same after a crash, when no result is expected. */
    private static final Duration DRAIN_TIMEOUT_AFTER_CRASH = Duration.ofSeconds(1);

    /** Signals that request termination and never result from a crash. A terminal sends them to the whole process group. */
    private static final Set<String> TERMINATION_SIGNALS = Set.of("SIGHUP", "SIGINT", "SIGTERM");

    private final ChildProcess child;
    private final BlockingQueue<ChildNotification> notifications;
    private final JavaType eventType;
    private final JavaType outputType;
    private final Consumer<? super E> events;
    private final @Nullable Duration limit;
    private final MemoryMeter meter;
    private final PeakMemory memory;
    private final long start;
    private long nextSample;

    ChildMonitor(
            ChildProcess child,
            BlockingQueue<ChildNotification> notifications,
            JavaType eventType,
            JavaType outputType,
            Consumer<? super E> events,
            @Nullable Duration limit,
            MemoryMeter meter,
            long start) {
        this.child = child;
        this.notifications = notifications;
        this.eventType = eventType;
        this.outputType = outputType;
        this.events = events;
        this.limit = limit;
        this.start = start;
        this.meter = meter;
        memory = new PeakMemory(meter, child.process().pid());
        nextSample = start;
    }

    /**
     * Waits until the child ends. Forwards its events on the calling thread.
     *
     * @throws OperationCancelledException if a signal requested the child's termination, or this JVM is shutting down
     */
    ChildOutcome<O> run() throws InterruptedException {
        boolean disconnected = false;
        long exitedAt = 0;
        boolean exited = false;
        while (true) {
            long now = System.nanoTime();
            if (exited && (disconnected || now - exitedAt > drainTimeout().toNanos())) {
                return crashed();
            }
            if (!exited && limit != null && now - start > limit.toNanos()) {
                return timedOut(limit);
            }
            sampleIfDue(now);
            ChildNotification notification = notifications.poll(waitNanos(now), TimeUnit.NANOSECONDS);
            if (notification instanceof ChildNotification.Exited) {
                exited = true;
                exitedAt = System.nanoTime();
            } else if (notification instanceof ChildNotification.Disconnected) {
                disconnected = true;
            } else if (notification instanceof ChildNotification.Message message) {
                // A task reports an event when it has done something, such as loading a model.
                memory.sampleIfCheap();
                ChildOutcome<O> end = handle(message);
                if (end != null) {
                    return end;
                }
            }
        }
    }

    private Duration drainTimeout() {
        return child.process().exitValue() == 0 ? DRAIN_TIMEOUT : DRAIN_TIMEOUT_AFTER_CRASH;
    }

    private @Nullable ChildOutcome<O> handle(ChildNotification.Message message) throws InterruptedException {
        switch (message.type()) {
            case Protocol.EVENT -> events.accept(Json.<E>read(eventType, message.json()));
            case Protocol.SETUP -> SetupNotice.announce(Json.read(Protocol.TEXT, message.json()));
            case Protocol.PEAK_MEMORY -> {
                // A child uses the meter of the system. Maxima of different measures are not one.
                if (meter == MemoryMeter.ofSystem()) {
                    memory.include(Long.parseLong(message.json()));
                }
            }
            case Protocol.RESULT -> {
                O value = Json.read(outputType, message.json());
                return new Completed<>(value, statsAfterExit());
            }
            case Protocol.FAILURE -> {
                Protocol.Failure failure = Json.read(Protocol.Failure.TYPE, message.json());
                return new Failed<>(failure.kind(), failure.message(), failure.details(), statsAfterExit());
            }
            default ->
                throw new IllegalStateException(
                        "The child JVM sent a message of unknown type '" + message.type() + "'");
        }
        return null;
    }

    private ChildOutcome<O> timedOut(Duration passed) throws InterruptedException {
        child.kill();
        return new TimedOut<>(passed, NativeMessage.of(child.output(), ""), stats());
    }

    private ChildOutcome<O> crashed() throws InterruptedException {
        int exitCode = child.process().exitValue();
        String report = child.crashReport();
        String caught = NativeMessage.caughtSignal(report);
        String signal = caught == null ? ExitCodes.signalName(exitCode) : caught;
        if (RunningChildren.isShuttingDown() || signal != null && TERMINATION_SIGNALS.contains(signal)) {
            throw new OperationCancelledException(
                    "The task was cancelled: a signal or a shutdown ended its JVM (exit code " + exitCode + ").");
        }
        String message = NativeMessage.of(child.output(), report);
        if (ExitCodes.isKill(exitCode)) {
            String hint = "The process was killed; the system may have run out of memory."
                    + " Close other programs, or use a smaller model.";
            message = message.isEmpty() ? hint : message + "\n" + hint;
        }
        return new Crashed<>(exitCode, signal, message, stats());
    }

    private ProcessStats statsAfterExit() throws InterruptedException {
        if (!child.process().waitFor(EXIT_GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
            child.kill();
        }
        return stats();
    }

    private ProcessStats stats() {
        return new ProcessStats(Duration.ofNanos(System.nanoTime() - start), memory.bytes());
    }

    private void sampleIfDue(long now) throws InterruptedException {
        if (now - nextSample >= 0) {
            memory.sample();
            // Sampling many children must not take time from the one that works.
            nextSample = now + meter.interval().toNanos() * Math.max(1, RunningChildren.count());
        }
    }

    private long waitNanos(long now) {
        long untilSample = Math.max(1, nextSample - now);
        return limit == null ? untilSample : Math.max(1, Math.min(untilSample, limit.toNanos() - (now - start)));
    }
}
