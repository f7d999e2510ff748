package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.files.TemporaryPaths;
import io.github.whisperspeedtest.process.Signals;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The end of the process before its work is done: by a signal, or because the output has no reader any more.
 *
 * <p>The working thread is interrupted and gets a moment to stop and tidy up. Then the signal ends the process as if it had never been
 * handled. So no shutdown hook and no destructor frees an engine that still computes. A second signal ends it without the moment.
 */
final class Termination {
    /** An engine looks for an interrupt after each token or window; with a large model that takes longer than anyone wants to wait. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private static final String BROKEN_PIPE = "PIPE";

    /** 128 and the number of the signal, as shells count. */
    private static final Map<String, Integer> EXIT_CODES =
            Map.of("HUP", 129, "INT", ExitCode.INTERRUPTED, BROKEN_PIPE, ExitCode.BROKEN_PIPE, "TERM", 143);

    private final Thread worker;
    private final AtomicReference<@Nullable String> cause = new AtomicReference<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile @Nullable Terminal terminal;

    /** Creates an end for a process that works on the calling thread. */
    Termination() {
        worker = Thread.currentThread();
    }

    /** Takes the signals over. */
    void install(Terminal shown) {
        terminal = shown;
        for (String signal : Signals.TERMINATING) {
            Signals.handle(signal, () -> begin(signal));
        }
    }

    /** Ends the process because there is no reader of its output any more. */
    void readerGone() {
        begin(BROKEN_PIPE);
    }

    /** Tells that the working thread has stopped; does not return where the process is ending. */
    void workStopped() {
        stopped.countDown();
        while (cause.get() != null) {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                // Meant for the work, which is over.
            }
        }
    }

    private void begin(String signal) {
        if (cause.compareAndSet(null, signal)) {
            Signals.TERMINATING.forEach(Signals::restoreDefault);
            start("termination", () -> end(signal));
            start("termination-deadline", () -> endLate(signal));
        }
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Standard error may be a pipe that is full and not read, and hold everything up that prints. */
    private static void endLate(String signal) {
        try {
            Thread.sleep(GRACE.multipliedBy(2).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        endProcess(signal);
    }

    private static void endProcess(String signal) {
        TemporaryPaths.deleteAll();
        Signals.endProcess(signal, EXIT_CODES.getOrDefault(signal, ExitCode.INTERRUPTED));
    }

    private void end(String signal) {
        Terminal shown = terminal;
        try {
            if (shown != null) {
                shown.status().seal();
            }
            if (!isAtPrompt(worker)) {
                worker.interrupt();
                stopped.await(GRACE.toMillis(), TimeUnit.MILLISECONDS);
            }
            if (shown != null && !signal.equals(BROKEN_PIPE)) {
                shown.status().printLast(shown.interruptSummary());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            endProcess(signal);
        }
    }

    /** An interrupt does not reach a thread that waits for an answer on the console. */
    private static boolean isAtPrompt(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("readLine")
                        && frame.getClassName().contains("Console"));
    }
}
