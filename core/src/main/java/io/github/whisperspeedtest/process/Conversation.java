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
 * Listens to one child until it has said its last word or cannot say it any more.
 *
 * @param <E> what the task tells
 * @param <O> what the task returns
 */
final class Conversation<E, O> {
    /** Exit hooks of native libraries get this long once the result is there. */
    private static final Duration EXIT_GRACE = Duration.ofSeconds(5);

    /** How long after the orderly end of a process its result may take to come through the socket of a busy machine. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(10);

    /** The same after a crash, where no more than an event can be under way. */
    private static final Duration LAST_WORDS_OF_CRASHED = Duration.ofSeconds(1);

    private static final int KILLED_BY_SYSTEM = 137;

    /** Sent by whoever wants the work to end, a terminal to all processes of a group alike; never by a fault. */
    private static final Set<String> REQUESTS_TO_END = Set.of("SIGHUP", "SIGINT", "SIGTERM");

    private final ChildProcess child;
    private final BlockingQueue<ChildSignal> signals;
    private final JavaType eventType;
    private final JavaType outputType;
    private final Consumer<? super E> events;
    private final @Nullable Duration limit;
    private final PeakMemory memory;
    private final long start;
    private long nextSample;

    Conversation(
            ChildProcess child,
            BlockingQueue<ChildSignal> signals,
            JavaType eventType,
            JavaType outputType,
            Consumer<? super E> events,
            @Nullable Duration limit,
            long start) {
        this.child = child;
        this.signals = signals;
        this.eventType = eventType;
        this.outputType = outputType;
        this.events = events;
        this.limit = limit;
        this.start = start;
        memory = new PeakMemory(child.process().pid());
        nextSample = start;
    }

    /**
     * Waits for the end of the child, passing its events on from the calling thread.
     *
     * @throws OperationCancelledException if the child was told to end, or this JVM is ending
     */
    ChildOutcome<O> run() throws InterruptedException {
        boolean hungUp = false;
        long exitedAt = 0;
        boolean exited = false;
        while (true) {
            long now = System.nanoTime();
            if (exited && (hungUp || now - exitedAt > lastWords().toNanos())) {
                return crashed();
            }
            if (!exited && limit != null && now - start > limit.toNanos()) {
                return timedOut(limit);
            }
            sampleIfDue(now);
            ChildSignal signal = signals.poll(waitNanos(now), TimeUnit.NANOSECONDS);
            if (signal instanceof ChildSignal.Exited) {
                exited = true;
                exitedAt = System.nanoTime();
            } else if (signal instanceof ChildSignal.HungUp) {
                hungUp = true;
            } else if (signal instanceof ChildSignal.Said said) {
                ChildOutcome<O> end = handle(said);
                if (end != null) {
                    return end;
                }
            }
        }
    }

    private Duration lastWords() {
        return child.process().exitValue() == 0 ? LAST_WORDS : LAST_WORDS_OF_CRASHED;
    }

    private @Nullable ChildOutcome<O> handle(ChildSignal.Said said) throws InterruptedException {
        switch (said.word()) {
            case Wire.EVENT -> events.accept(Json.<E>read(eventType, said.json()));
            case Wire.LONG_WORK -> SetupNotice.announce(Json.read(Wire.TEXT, said.json()));
            case Wire.PEAK_MEMORY -> memory.include(Long.parseLong(said.json()));
            case Wire.RESULT -> {
                O value = Json.read(outputType, said.json());
                return new Completed<>(value, statsAfterExit());
            }
            case Wire.FAILURE -> {
                Wire.Failure failure = Json.read(Wire.Failure.TYPE, said.json());
                return new Failed<>(failure.kind(), failure.message(), failure.details(), statsAfterExit());
            }
            default -> throw new IllegalStateException("The child JVM said '" + said.word() + "', which is unknown");
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
        if (RunningChildren.areEnding() || signal != null && REQUESTS_TO_END.contains(signal)) {
            throw new OperationCancelledException(
                    "The work was cancelled: its JVM was told to end (exit code " + exitCode + ").");
        }
        String message = NativeMessage.of(child.output(), report);
        if (exitCode == KILLED_BY_SYSTEM) {
            String hint = "The process was killed from outside; the system may have run out of memory."
                    + " Close other programs, or take a smaller model.";
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
            nextSample = now + PeakMemory.interval().toNanos();
        }
    }

    private long waitNanos(long now) {
        long untilSample = Math.max(1, nextSample - now);
        return limit == null ? untilSample : Math.max(1, Math.min(untilSample, limit.toNanos() - (now - start)));
    }
}
