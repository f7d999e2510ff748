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
 * Ends the process early, on a signal or a broken pipe.
 *
 * <p>The working thread is interrupted and gets a grace period to stop and clean up. Then the signal ends the process with its
 * default action, so no shutdown hook or destructor frees an engine that still computes. A second signal ends it at once.
 */
final class Termination {
    /** Engines check for an interrupt after each token or window, which takes too long with a large model. */
    static final Duration GRACE = Duration.ofSeconds(2);

    private static final String BROKEN_PIPE = "PIPE";

    /** 128 plus the number of the signal, as shells report it. */
    private static final Map<String, Integer> EXIT_CODES =
            Map.of("HUP", 129, "INT", ExitCode.INTERRUPTED, BROKEN_PIPE, ExitCode.BROKEN_PIPE, "TERM", 143);

    private final Thread worker;
    private final AtomicReference<@Nullable String> cause = new AtomicReference<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile @Nullable Terminal terminal;

    /** Creates an instance for work on the calling thread. */
    Termination() {
        worker = Thread.currentThread();
    }

    /** Installs the signal handlers. */
    void install(Terminal shown) {
        terminal = shown;
        for (String signal : Signals.TERMINATING) {
            Signals.handle(signal, () -> begin(signal));
        }
    }

    /** Ends the process because its output has no reader any more. */
    void readerGone() {
        begin(BROKEN_PIPE);
    }

    /** Signals that the work has stopped; does not return while the process is ending. */
    void workStopped() {
        stopped.countDown();
        while (cause.get() != null) {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                // The interrupt was for the work, which is over.
            }
        }
    }

    private void begin(String signal) {
        if (cause.compareAndSet(null, signal)) {
            Signals.TERMINATING.forEach(Signals::restoreDefault);
            start("termination", () -> end(signal));
            Terminal shown = terminal;
            Duration grace = shown == null ? GRACE : shown.graceAfterInterrupt();
            start("termination-deadline", () -> endLate(signal, grace.plus(GRACE)));
        }
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Ends the process even if printing blocks on a full pipe. */
    private static void endLate(String signal, Duration limit) {
        try {
            Thread.sleep(limit.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        endProcess(signal);
    }

    private static void endProcess(String signal) {
        TemporaryPaths.deleteAll();
        Signals.endProcess(signal, exitCode(signal));
    }

    /** Returns the exit code of a process that a signal ends, as shells report it. */
    static int exitCode(String signal) {
        return EXIT_CODES.getOrDefault(signal, ExitCode.INTERRUPTED);
    }

    private void end(String signal) {
        Terminal shown = terminal;
        try {
            if (shown != null) {
                shown.status().seal();
            }
            if (!isAtPrompt(worker)) {
                worker.interrupt();
                Duration grace = shown == null ? GRACE : shown.graceAfterInterrupt();
                stopped.await(grace.toMillis(), TimeUnit.MILLISECONDS);
            }
            if (shown != null && !signal.equals(BROKEN_PIPE)) {
                String summary = shown.interruptSummary();
                if (!summary.isEmpty()) {
                    shown.status().printLast(summary);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            endProcess(signal);
        }
    }

    /** An interrupt does not wake a thread that reads from the console. */
    private static boolean isAtPrompt(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("readLine")
                        && frame.getClassName().contains("Console"));
    }
}
