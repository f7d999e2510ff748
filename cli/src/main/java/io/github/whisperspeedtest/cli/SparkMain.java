package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.process.Signals;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** The command {@code spark} as an application for {@code spark-submit}: its arguments are those of the command. */
public final class SparkMain {
    private static final AtomicBoolean ENDING = new AtomicBoolean();

    private SparkMain() {}

    /** Runs the command in this JVM, and ends the JVM only if it fails: YARN takes an application that exits by itself for a failed one. */
    public static void main(String[] args) {
        Terminal terminal = Terminal.takeOver(() -> exitLater(ExitCode.BROKEN_PIPE));
        for (String signal : Signals.TERMINATING) {
            Signals.handle(signal, () -> end(terminal, Termination.exitCode(signal)));
        }
        if (IsolatedRun.isThis()) {
            ProcessHandle.current()
                    .parent()
                    .ifPresent(parent -> parent.onExit().thenRun(() -> end(terminal, ExitCode.INTERRUPTED)));
        }
        int code = Main.run(
                terminal,
                Stream.concat(Stream.of(SparkCommand.NAME), Stream.of(args)).toArray(String[]::new));
        terminal.status().clear();
        if (code != ExitCode.OK && !ENDING.get()) {
            System.exit(code);
        }
    }

    private static void end(Terminal terminal, int code) {
        if (ENDING.compareAndSet(false, true)) {
            // The job fails while Spark stops; that is no news after a signal.
            terminal.status().seal();
            terminal.status().printLast(terminal.interruptSummary());
            exitLater(code);
        }
    }

    /** Exits with the shutdown hooks, in which Spark deletes its files, but not on a thread that may hold a lock of the terminal. */
    private static void exitLater(int code) {
        Thread exit = new Thread(() -> System.exit(code), "exit");
        exit.setDaemon(true);
        exit.start();
    }
}
