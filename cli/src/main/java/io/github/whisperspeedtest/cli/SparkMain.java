package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.files.TemporaryPaths;
import io.github.whisperspeedtest.process.Signals;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** The command {@code spark} as an application for {@code spark-submit}: its arguments are those of the command. */
public final class SparkMain {
    private static final AtomicBoolean ENDING = new AtomicBoolean();

    /** Whether the parent's SIGTERM may still follow. A signal of the keyboard reaches both processes, and the parent passes it on. */
    private static final AtomicBoolean PARENT_FOLLOWS = new AtomicBoolean();

    private SparkMain() {}

    /** Runs the command in this JVM, and ends the JVM only if it fails: YARN takes an application that exits by itself for a failed one. */
    public static void main(String[] args) {
        Terminal terminal = Terminal.takeOver(() -> exitLater(ExitCode.BROKEN_PIPE));
        for (String signal : Signals.TERMINATING) {
            Signals.handle(signal, () -> signalled(terminal, signal));
        }
        if (IsolatedRun.isThis()) {
            PARENT_FOLLOWS.set(true);
            ProcessHandle.current()
                    .parent()
                    .ifPresent(parent -> parent.onExit().thenRun(() -> endOrHalt(terminal, ExitCode.INTERRUPTED)));
        }
        int code = Main.run(
                terminal,
                Stream.concat(Stream.of(SparkCommand.NAME), Stream.of(args)).toArray(String[]::new));
        terminal.status().clear();
        if (code != ExitCode.OK && !ENDING.get()) {
            System.exit(code);
        }
    }

    private static void signalled(Terminal terminal, String signal) {
        if (ENDING.get() && signal.equals("TERM") && PARENT_FOLLOWS.getAndSet(false)) {
            return;
        }
        endOrHalt(terminal, Termination.exitCode(signal));
    }

    /** Ends this process in order, or at once if it is ending already. */
    private static void endOrHalt(Terminal terminal, int code) {
        if (!ENDING.compareAndSet(false, true)) {
            halt(code);
            return;
        }
        // Before the message is printed, which blocks on a full pipe.
        haltLater(code);
        // The job fails while Spark stops; that is no news after a signal.
        terminal.status().seal();
        terminal.status().printLast(terminal.interruptSummary());
        exitLater(code);
    }

    /** Exits with the shutdown hooks, in which Spark deletes its files, but not on a thread that may hold a lock of the terminal. */
    private static void exitLater(int code) {
        start("exit", () -> System.exit(code));
    }

    private static void haltLater(int code) {
        start("exit-deadline", () -> {
            try {
                TimeUnit.MILLISECONDS.sleep(SparkLaunch.STOP.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            halt(code);
        });
    }

    private static void halt(int code) {
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
        TemporaryPaths.deleteAll();
        Runtime.getRuntime().halt(code);
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
